const smallest = 256
const largest = 8_192

/**
 * Memory of one socket for what it has read: piece behind piece, so that few of them cost an allocation. No other
 * socket's bytes lie in it.
 */
export class ReadMemory {
  #memory = memoryOf(smallest)
  #size = smallest
  #used = 0

  /** A copy of `bytes` that nobody else writes to. */
  copy(bytes: Uint8Array): Uint8Array {
    const { length } = bytes
    if (length > largest / 2) return copyInto(memoryOf(length), 0, bytes)
    if (this.#used + length > this.#size) {
      // Who reads little keeps little.
      this.#size = Math.min(largest, Math.max(2 * this.#size, length))
      this.#memory = memoryOf(this.#size)
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

/** Not filled with zeros: every byte is written before it is read. */
function memoryOf(size: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(size).buffer
}
