import { keepApart, type WsMessage } from "../message/ws-message.ts"

/** Messages that wait for a handler, first come first. */
export class Backlog {
  /** Above the high-water mark, since it was reached. */
  isFull = false
  #messages: WsMessage[] = []
  #head = 0
  #bytes = 0

  get length(): number {
    return this.#messages.length - this.#head
  }

  get isEmpty(): boolean {
    return this.#head === this.#messages.length
  }

  push(message: WsMessage): void {
    this.#messages.push(keepApart(message))
    this.#bytes += message.byteLength
  }

  shift(): WsMessage {
    const message = this.#messages[this.#head++] as WsMessage
    this.#bytes -= message.byteLength
    if (this.isEmpty) this.clear()
    else if (this.#head >= 1024) {
      this.#messages = this.#messages.slice(this.#head)
      this.#head = 0
    }
    return message
  }

  clear(): void {
    this.#messages = []
    this.#head = 0
    this.#bytes = 0
  }

  /** Whether there is at least that share of what a mailbox should hold. */
  isAbove(share: number, { messages, bytes }: { readonly messages: number; readonly bytes: number }): boolean {
    return this.length >= messages * share || this.#bytes >= bytes * share
  }
}
