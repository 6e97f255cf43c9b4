import { GrowingBuffer, type Allocate } from "./growing-buffer.ts"
import { unmaskBy } from "./mask.ts"

/** The longest head: two bytes, eight of length, four of mask. */
const longestHead = 14

/** The beginning of a frame that the end of a piece has cut. Its payload is unmasked as it comes. */
export class CutFrame {
  readonly #bytes: GrowingBuffer
  readonly #maskLength: 0 | 4
  /** 0 until its head is whole, but for the mask. */
  #frameLength = 0
  #headLength = 0
  /** Whether every byte of the payload is ASCII, as far as it was unmasked. */
  isAscii = true

  constructor(maskLength: 0 | 4, allocate: Allocate | undefined) {
    this.#maskLength = maskLength
    this.#bytes = new GrowingBuffer(allocate)
    if (maskLength === 0) this.isAscii = false
  }

  get hasHead(): boolean {
    return this.#frameLength > 0
  }

  get isWhole(): boolean {
    return this.#frameLength > 0 && this.#bytes.length === this.#frameLength
  }

  /** What has come of it. */
  view(): Uint8Array {
    return this.#bytes.view()
  }

  /** Takes what comes before the length is known. */
  takeHead(source: Uint8Array, start: number, end: number): void {
    this.#bytes.append(source, start, end, longestHead)
  }

  /** Its length is known; `second` is its second byte. */
  begin(frameLength: number, second: number): void {
    const short = second & 0x7f
    this.#frameLength = frameLength
    this.#headLength = 2 + (short < 126 ? 0 : short === 126 ? 2 : 8) + this.#maskLength
  }

  /** Takes as much of `source[start, end)` as belongs to it, and answers where the rest begins. */
  take(source: Uint8Array, start: number, end: number): number {
    const bytes = this.#bytes
    const last = Math.min(end, start + this.#frameLength - bytes.length)
    bytes.reserve(bytes.length + last - start, this.#frameLength)
    const payload = Math.min(last, start + Math.max(0, this.#headLength - bytes.length))
    bytes.append(source, start, payload, this.#frameLength)
    if (payload === last) return last
    if (this.#maskLength === 4) this.#unmask(source, payload, last)
    bytes.append(source, payload, last, this.#frameLength)
    return last
  }

  /** The frame, unmasked. */
  end(): Uint8Array {
    return this.#bytes.take()
  }

  #unmask(source: Uint8Array, start: number, end: number): void {
    const head = this.#bytes.view()
    const key = this.#headLength - 4
    const turn = this.#bytes.length - this.#headLength
    const at = (index: number): number => head[key + ((turn + index) & 3)] as number
    if (!unmaskBy(source, start, end, at(0), at(1), at(2), at(3))) this.isAscii = false
  }
}
