/** Says whether bytes are UTF-8 as a whole. Runtimes have a quick one; it is handed in. */
export type IsUtf8 = (bytes: Uint8Array) => boolean

/**
 * Says of bytes that come in pieces whether they can still become UTF-8 (RFC 3629): overlong forms, surrogates and code
 * points above U+10FFFF are refused at the first byte that settles it.
 */
export class Utf8Stream {
  /** How many continuation bytes are missing, and which range the next one must be in. */
  #missing = 0
  #low = 0x80
  #high = 0xbf

  /** Takes the next piece; `false` once it cannot be UTF-8. */
  push(bytes: Uint8Array): boolean {
    for (const byte of bytes) {
      if (this.#missing > 0) {
        if (byte < this.#low || byte > this.#high) return false
        this.#expect(this.#missing - 1, 0x80, 0xbf)
      } else if (byte >= 0x80 && !this.#lead(byte)) return false
    }
    return true
  }

  /** Whether what has come so far ends on a character. */
  get isComplete(): boolean {
    return this.#missing === 0
  }

  #lead(byte: number): boolean {
    if (byte >= 0xc2 && byte <= 0xdf) this.#expect(1, 0x80, 0xbf)
    else if (byte === 0xe0) this.#expect(2, 0xa0, 0xbf)
    else if (byte === 0xed) this.#expect(2, 0x80, 0x9f)
    else if (byte >= 0xe1 && byte <= 0xef) this.#expect(2, 0x80, 0xbf)
    else if (byte === 0xf0) this.#expect(3, 0x90, 0xbf)
    else if (byte >= 0xf1 && byte <= 0xf3) this.#expect(3, 0x80, 0xbf)
    else if (byte === 0xf4) this.#expect(3, 0x80, 0x8f)
    else return false
    return true
  }

  #expect(missing: number, low: number, high: number): void {
    this.#missing = missing
    this.#low = low
    this.#high = high
  }
}
