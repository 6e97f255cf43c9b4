import { CloseCode } from "../../message/close-code.ts"
import { toMessage, type Sendable } from "../../message/ws-message.ts"
import type { MemoryLink } from "./memory-link.ts"
import { TestClient, type CloseEvent } from "./test-client.ts"

/** The client's end of a connection in memory. */
export class MemoryClient extends TestClient {
  readonly #link: MemoryLink

  constructor(link: MemoryLink, protocol: string, headers: Readonly<Record<string, string>>) {
    super(protocol, headers)
    this.#link = link
    link.client = {
      receive: (message) => this.received(message),
      ended: (code, reason) => this.ended({ code, reason }),
    }
  }

  override send(message: Sendable, { fragments = 1 }: { readonly fragments?: number } = {}): void {
    this.#link.post({ kind: "message", message: toMessage(message), fragments })
  }

  override close(code: number = CloseCode.noCode, reason = ""): Promise<CloseEvent> {
    this.#link.post({ kind: "close", code, reason })
    return this.closed
  }

  override drop(): void {
    this.#link.client = undefined
    this.#link.post({ kind: "cut" })
    this.ended({ code: CloseCode.abnormal, reason: "" })
  }

  override pauseReading(): void {
    this.#link.clientReads = false
  }

  override resumeReading(): void {
    this.#link.clientReads = true
    this.#link.wake()
  }

  override stopAnsweringPings(): void {
    this.#link.clientAnswersPings = false
  }

  override stopAnsweringCloses(): void {
    this.#link.clientAnswersCloses = false
  }
}
