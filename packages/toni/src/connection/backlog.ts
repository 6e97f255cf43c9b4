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
 * Messages that wait for a handler, first come first. Those that wait when the next read comes count with the memory
 * that they hold alive: one byte of a read of 64 KiB counts as 64 KiB. Before that they count with their length, since
 * most are handled in the turn in which they came, and to ask for the memory of each costs more than the rest.
 */
export class Backlog {
  /** Above the high-water mark, since it was reached. */
  isFull = false
  #messages: WsMessage[] = []
  #head = 0
  /** Messages before this index count with their memory. */
  #weighed = 0
  /** The read that the last message came in. */
  #read = 0
  #first: Stretch | undefined
  #last: Stretch | undefined
  #bytes = 0

  get length(): number {
    return this.#messages.length - this.#head
  }

  get isEmpty(): boolean {
    return this.#head === this.#messages.length
  }

  /** `read` is another number for each read of the socket. */
  push(message: WsMessage, read: number): void {
    if (read !== this.#read) this.#weigh()
    this.#read = read
    this.#messages.push(message)
    this.#bytes += message.byteLength
  }

  shift(): WsMessage {
    const message = this.#messages[this.#head] as WsMessage
    if (this.#head++ >= this.#weighed) this.#bytes -= message.byteLength
    else this.#leave(this.#first as Stretch)
    if (this.isEmpty) this.clear()
    else if (this.#head >= 1024) {
      this.#messages = this.#messages.slice(this.#head)
      this.#weighed = Math.max(0, this.#weighed - this.#head)
      this.#head = 0
    }
    return message
  }

  clear(): void {
    this.#messages = []
    this.#head = 0
    this.#weighed = 0
    this.#first = undefined
    this.#last = undefined
    this.#bytes = 0
  }

  /** Whether there is at least that share of what a mailbox should hold. */
  isAbove(share: number, { messages, bytes }: { readonly messages: number; readonly bytes: number }): boolean {
    return this.length >= messages * share || this.#bytes >= bytes * share
  }

  /** From now on all that wait count with their memory. */
  #weigh(): void {
    for (let index = Math.max(this.#head, this.#weighed); index < this.#messages.length; index++) {
      const message = this.#messages[index] as WsMessage
      const { payload } = message
      const memory = typeof payload === "string" ? undefined : payload.buffer
      this.#bytes -= message.byteLength
      if (memory !== undefined && memory === this.#last?.memory) this.#last.messages++
      else this.#begin(memory, memory?.byteLength ?? message.byteLength)
    }
    this.#weighed = this.#messages.length
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
    if (stretch.next === undefined) this.#last = undefined
    this.#bytes -= stretch.bytes
  }
}
