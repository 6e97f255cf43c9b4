const smallest = 256
const largest = 8_192

/**
 * Memory of one socket for what it has read: piece behind piece, so that few of them cost an allocation. No other
 * socket's bytes lie in it.
 */
export class ReadMemory {
  #memory: ArrayBuffer
  #used = 0

  constructor() {
    this.#memory = memoryOf(smallest)
  }

  /** A copy of `bytes` that nobody else writes to. */
  copy(bytes: Uint8Array): Uint8Array {
    const { byteLength } = bytes
    if (byteLength > largest / 2) return copyInto(memoryOf(byteLength), 0, bytes)
    if (this.#used + byteLength > this.#memory.byteLength) {
      // Who reads little keeps little.
      this.#memory = memoryOf(Math.min(largest, Math.max(2 * this.#memory.byteLength, byteLength)))
      this.#used = 0
    }
    const copied = copyInto(this.#memory, this.#used, bytes)
    this.#used += byteLength
    return copied
  }
}

function copyInto(memory: ArrayBuffer, offset: number, bytes: Uint8Array): Uint8Array {
  const copied = new Uint8Array(memory, offset, bytes.byteLength)
  copied.set(bytes)
  return copied
}

/** Not filled with zeros: every byte is written before it is read. */
function memoryOf(byteLength: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(byteLength).buffer
}
