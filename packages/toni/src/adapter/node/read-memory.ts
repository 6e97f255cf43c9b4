const smallest = 256
const largest = 8_192
const none = new ArrayBuffer(0)

/**
 * Memory of one socket for what it has read: piece behind piece, so that few of them cost an allocation. No other
 * socket's bytes lie in it, nor what the process kept there before: whoever looks behind a message sees its own.
 */
export class ReadMemory {
  #memory = none
  #size = 0
  #used = 0

  /** A copy of `bytes` that nobody else writes to. */
  copy(bytes: Uint8Array): Uint8Array {
    const { length } = bytes
    // All of it is written, so it need not be cleared first.
    if (length > largest / 2) return copyInto(Buffer.allocUnsafeSlow(length).buffer, 0, bytes)
    if (this.#used + length > this.#size) {
      // Who reads little keeps little.
      this.#size = Math.min(largest, Math.max(smallest, 8 * length))
      this.#memory = new ArrayBuffer(this.#size)
      this.#used = 0
    }
    const copied = copyInto(this.#memory, this.#used, bytes)
    this.#used += length
    return copied
  }
}

function copyInto(memory: ArrayBuffer, offset: number, bytes: Uint8Array): Uint8Array {
  const copied = new Uint8Array(memory, offset, bytes.length)
  copied.set(bytes)
  return copied
}
