import { markAsUntransferable } from "node:worker_threads"

const smallest = 256
const largest = 8_192
const none = new Uint8Array(0)

/**
 * Memory of one socket for what it has read: piece behind piece, so that few of them cost an allocation. No other
 * socket's bytes lie in it, nor what the process kept there before: whoever looks behind a message sees its own.
 */
export class ReadMemory {
  #block = none
  #used = 0
  #isMarked = false

  /** A copy of `bytes` that nobody else writes to. */
  copy(bytes: Uint8Array): Uint8Array {
    const { length } = bytes
    // All of it is written, so it need not be cleared first.
    if (length > largest / 2) {
      const block = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
      block.set(bytes)
      return block
    }
    // A block that somebody has detached all the same has no length.
    if (this.#used + length > this.#block.length) this.#begin(length)
    else if (!this.#isMarked) this.#mark()
    const start = this.#used
    this.#used += length
    this.#block.set(bytes, start)
    return new Uint8Array(this.#block.buffer, start, length)
  }

  #begin(length: number): void {
    // Blocks start small and grow with what the connection reads.
    this.#block = new Uint8Array(Math.min(largest, Math.max(smallest, 8 * length)))
    this.#used = 0
    this.#isMarked = false
  }

  /** Messages of several reads lie in it: who transfers one to a worker gets a copy, or an error, as Node has it. */
  #mark(): void {
    markAsUntransferable(this.#block.buffer)
    this.#isMarked = true
  }
}
