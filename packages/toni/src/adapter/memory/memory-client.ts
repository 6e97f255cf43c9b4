import { assertArgument, checkedOptions } from "../../checked-options.ts"
import { isInstance } from "../../user-code.ts"
import { CloseCode } from "../../message/close-code.ts"
import { toMessage, type Sendable } from "../../message/ws-message.ts"
import { MemoryLink } from "./memory-link.ts"
import { TestClient, type CloseEvent } from "./test-client.ts"

/** The client's end of a connection in memory. */
export class MemoryClient extends TestClient {
  readonly #link: MemoryLink

  /** Made by `connect`. */
  constructor(link: MemoryLink, protocol: string, headers: Readonly<Record<string, string>>) {
    assertArgument(isInstance(link, MemoryLink), "A MemoryClient is what connect() resolves with", link)
    super(protocol, headers)
    this.#link = link
    link.client = {
      receive: (message) => this.received(message),
      ended: (code, reason) => this.ended({ code, reason }),
    }
  }

  override send(message: Sendable, options: { readonly fragments?: number } = {}): void {
    const { fragments = 1 } = checkedOptions<typeof options>("send()", options, {
      fragments: (value) => (Number.isInteger(value) && (value as number) > 0 ? undefined : "takes a count from 1"),
    })
    this.#link.post({ kind: "message", message: toMessage(message), fragments })
  }

  /** Any code that fits into a Close will do: what a server says to wrong ones is worth a test. */
  override close(code: number = CloseCode.noCode, reason = ""): Promise<CloseEvent> {
    assertArgument(Number.isInteger(code) && code >= 0 && code <= 65_535, "close() takes a code from 0 to 65535", code)
    assertArgument(typeof reason === "string", "The reason of close() is a string", reason)
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
