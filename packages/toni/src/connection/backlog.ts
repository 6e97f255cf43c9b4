import type { WsMessage } from "../message/ws-message.ts"

/** Messages that wait one behind the other and lie in the same memory, such as those of one read. */
interface Stretch {
  /** Missing for text that came as a string. */
  readonly memory: ArrayBufferLike | undefined
  /** What they keep alive, in bytes: all of the memory, however little of it they are. */
  readonly bytes: number
  messages: number
  next: Stretch | undefined
}

/**
 * Messages that wait for a handler, first come first. They count with the memory that they hold alive: one byte of a
 * read of 64 KiB counts as 64 KiB.
 */
export class Backlog {
  /** Above the high-water mark, since it was reached. */
  isFull = false
  #messages: WsMessage[] = []
  #head = 0
  #first: Stretch | undefined
  #last: Stretch | undefined
  #bytes = 0

  get length(): number {
    return this.#messages.length - this.#head
  }

  get isEmpty(): boolean {
    return this.#head === this.#messages.length
  }

  push(message: WsMessage): void {
    this.#messages.push(message)
    const { payload } = message
    const memory = typeof payload === "string" ? undefined : payload.buffer
    const last = this.#last
    if (memory !== undefined && memory === last?.memory) last.messages++
    else this.#begin(memory, memory?.byteLength ?? message.byteLength)
  }

  shift(): WsMessage {
    const message = this.#messages[this.#head++] as WsMessage
    if (this.isEmpty) this.clear()
    else {
      this.#leave(this.#first as Stretch)
      if (this.#head >= 1024) {
        this.#messages = this.#messages.slice(this.#head)
        this.#head = 0
      }
    }
    return message
  }

  clear(): void {
    this.#messages = []
    this.#head = 0
    this.#first = undefined
    this.#last = undefined
    this.#bytes = 0
  }

  /** Whether there is at least that share of what a mailbox should hold. */
  isAbove(share: number, { messages, bytes }: { readonly messages: number; readonly bytes: number }): boolean {
    return this.length >= messages * share || this.#bytes >= bytes * share
  }

  #begin(memory: ArrayBufferLike | undefined, bytes: number): void {
    const stretch: Stretch = { memory, bytes, messages: 1, next: undefined }
    if (this.#last === undefined) this.#first = stretch
    else this.#last.next = stretch
    this.#last = stretch
    this.#bytes += bytes
  }

  /** Its first message has gone. */
  #leave(stretch: Stretch): void {
    if (--stretch.messages > 0) return
    this.#first = stretch.next
    this.#bytes -= stretch.bytes
  }
}
