const empty = new Uint8Array(0)

/** Bytes that are appended to. Its size follows what has come, never what was announced. */
export class GrowingBuffer {
  #bytes: Uint8Array = empty
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Appends `source[start, end)`. No capacity beyond `most` is set aside. */
  append(source: Uint8Array, start: number, end: number, most: number): void {
    const needed = this.#length + end - start
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, Math.min(most, needed * 2)))
      grown.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = grown
    }
    this.#bytes.set(source.subarray(start, end), this.#length)
    this.#length = needed
  }

  /** What is in it, as a view. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Hands the bytes over, and is empty again. */
  take(): Uint8Array {
    const bytes = this.view()
    this.#bytes = empty
    this.#length = 0
    return bytes
  }
}
