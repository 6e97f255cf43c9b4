import type { Sendable, WsMessage } from "../../message/ws-message.ts"
import { WaitingQueue } from "./waiting-queue.ts"

export interface CloseEvent {
  readonly code: number
  readonly reason: string
}

/** A client in the hands of a test. What comes waits in order until it is asked for. */
export abstract class TestClient implements AsyncDisposable {
  /** The subprotocol that the server chose; `""` when there is none. */
  readonly protocol: string
  /** The headers of the server's 101, with names in lower case; in memory, those that the gateway added. */
  readonly headers: Readonly<Record<string, string>>
  /** Resolves when the connection is gone: with the code of the server's Close, 1006 when none came. */
  readonly closed: Promise<CloseEvent>
  readonly #messages = new WaitingQueue<WsMessage>()
  readonly #controls = new WaitingQueue<WsMessage>()
  #resolveClosed!: (event: CloseEvent) => void
  #isOpen = true

  constructor(protocol: string, headers: Readonly<Record<string, string>>) {
    this.protocol = protocol
    this.headers = headers
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve))
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Messages that have come and were not asked for. */
  get pending(): number {
    return this.#messages.size
  }

  /** The next message, text or binary. Rejects when the connection closes without one. */
  nextMessage(): Promise<WsMessage> {
    return this.#messages.next()
  }

  /** The text of the next message; rejects when it is not text. */
  async nextText(): Promise<string> {
    const message = await this.nextMessage()
    const text = message.asText()
    if (text !== undefined) return text
    throw new Error(`The next message is ${message.kind}, not text`)
  }

  /** The next ping or pong. */
  nextControl(): Promise<WsMessage> {
    return this.#controls.next()
  }

  /** Sends a message, or a ping or pong; `fragments` is in how many frames it travels. */
  abstract send(message: Sendable, options?: { readonly fragments?: number }): void
  /** Closes. Without a code the Close has none, and the server sees 1005. */
  abstract close(code?: number, reason?: string): Promise<CloseEvent>
  /** The network fails: the connection ends without a Close. */
  abstract drop(): void
  /** Takes nothing any more: what the server sends piles up on its side. */
  abstract pauseReading(): void
  abstract resumeReading(): void
  /** Answers no pings any more, like a peer behind a dead network. */
  abstract stopAnsweringPings(): void
  /** Answers no Close any more: the server has to cut the connection. */
  abstract stopAnsweringCloses(): void

  /** Closes with 1000, if it is not closed yet. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isOpen) await this.close(1000)
  }

  protected received(message: WsMessage): void {
    const isControl = message.kind === "ping" || message.kind === "pong"
    ;(isControl ? this.#controls : this.#messages).push(message)
  }

  protected ended(event: CloseEvent): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    const reason = `The connection closed with ${event.code} ${JSON.stringify(event.reason)}, and nothing more came`
    this.#messages.end(reason)
    this.#controls.end(reason)
    this.#resolveClosed(event)
  }
}
