const empty = new Uint8Array(0)

/** Makes memory, whatever lies in it. */
export type Allocate = (byteLength: number) => Uint8Array

const cleared: Allocate = (byteLength) => new Uint8Array(byteLength)

/** Bytes that are appended to. Its size follows what has come, never what was announced. */
export class GrowingBuffer {
  #bytes: Uint8Array = empty
  #length = 0
  readonly #allocate: Allocate

  /** `allocate` need not clear memory where all of it is written before it is taken. Default: it is cleared. */
  constructor(allocate: Allocate = cleared) {
    this.#allocate = allocate
  }

  get length(): number {
    return this.#length
  }

  /** Appends `source[start, end)`. No capacity beyond `most` is set aside. */
  append(source: Uint8Array, start: number, end: number, most: number): void {
    const needed = this.#length + end - start
    this.reserve(needed, most)
    this.#bytes.set(source.subarray(start, end), this.#length)
    this.#length = needed
  }

  /** Sets memory aside for so many bytes in all, no more than `most`. */
  reserve(needed: number, most: number): void {
    if (needed <= this.#bytes.length) return
    const grown = this.#allocate(Math.max(needed, Math.min(most, needed * 2)))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
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
