import { blockSize, makeUnmaskBlocks, type Wasm } from "./simd-mask.ts"

/** Below this many bytes a plain loop is quicker than words. */
const short = 24
/** Below this many it is quicker than setting words up. */
const shortAlone = 128
/** From this many on it pays to have whole blocks unmasked by SIMD. */
const long = 512
const simd = makeUnmaskBlocks((globalThis as { WebAssembly?: Wasm }).WebAssembly)
const unmaskBlocks = simd?.unmask
/** Memory to read into, 64 KiB: in it, masks come off quickest. Everybody's, so nothing may be left in it. */
export const readingMemory: Uint8Array = simd?.readingMemory ?? new Uint8Array(65_536)
/** The order in which this machine keeps the bytes of a word; on the other one bytes are taken singly. */
const isLittleEndian: boolean = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/**
 * The memory that some bytes lie in: worth having at hand where several frames lie in the same bytes, because Node 20
 * takes long to tell `buffer` and `byteOffset` of an array.
 */
export class Memory {
  readonly buffer: ArrayBufferLike
  readonly offset: number
  readonly words: Int32Array

  constructor({ buffer, byteOffset }: Uint8Array) {
    this.buffer = buffer
    this.offset = byteOffset
    this.words = new Int32Array(buffer, 0, buffer.byteLength >> 2)
  }

  /** The bytes from `start` to `end`, as a view. */
  view(start: number, end: number): Uint8Array {
    return new Uint8Array(this.buffer, this.offset + start, end - start)
  }
}

/**
 * Removes the mask from `bytes[start, end)` in place (RFC 6455 section 5.3), four bytes at a time where that pays. The
 * key is at `bytes[key, key + 4)`, outside of the range. Answers whether every byte is ASCII, which comes for free.
 */
export function unmask(bytes: Uint8Array, key: number, start: number, end: number, memory?: Memory): boolean {
  const a = bytes[key] as number
  const b = bytes[key + 1] as number
  const c = bytes[key + 2] as number
  const d = bytes[key + 3] as number
  return unmaskBy(bytes, start, end, a, b, c, d, memory)
}

/** The same, with the four bytes of the key at hand. */
export function unmaskBy(
  bytes: Uint8Array,
  start: number,
  end: number,
  a: number,
  b: number,
  c: number,
  d: number,
  memory?: Memory,
): boolean {
  const length = end - start
  if (length < (memory === undefined ? shortAlone : short) || !isLittleEndian) {
    return unmaskBytes(bytes, start, end, a, b, c, d) < 0x80
  }
  const key32 = a | (b << 8) | (c << 16) | (d << 24)
  if (length >= long && unmaskBlocks !== undefined) {
    const tail = end - (length % blockSize)
    const isAscii = unmaskBlocks(bytes, start, tail, key32)
    return unmaskBytes(bytes, tail, end, a, b, c, d) < 0x80 && isAscii
  }
  const { offset, words } = memory ?? new Memory(bytes)
  // Up to the next word boundary of the memory, byte by byte; then the key is turned to begin there.
  const lead = -(offset + start) & 3
  let seen = unmaskBytes(bytes, start, start + lead, a, b, c, d)
  const word = lead === 0 ? key32 : (key32 >>> (8 * lead)) | (key32 << (32 - 8 * lead))
  const first = (offset + start + lead) >> 2
  const last = first + ((length - lead) >> 2)
  const seenWords = unmaskWords(words, first, last, word)
  const tail = start + lead + (last - first) * 4
  seen |= unmaskBytes(bytes, tail, end, word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24)
  return seen < 0x80 && (seenWords & 0x80808080) === 0
}

/** Eight words at a time: a third quicker than one by one. Answers all of them or-ed together. */
function unmaskWords(words: Int32Array, first: number, last: number, key: number): number {
  let seen = 0
  let index = first
  for (; index + 7 < last; index += 8) {
    const a = (words[index] as number) ^ key
    const b = (words[index + 1] as number) ^ key
    const c = (words[index + 2] as number) ^ key
    const d = (words[index + 3] as number) ^ key
    const e = (words[index + 4] as number) ^ key
    const f = (words[index + 5] as number) ^ key
    const g = (words[index + 6] as number) ^ key
    const h = (words[index + 7] as number) ^ key
    words[index] = a
    words[index + 1] = b
    words[index + 2] = c
    words[index + 3] = d
    words[index + 4] = e
    words[index + 5] = f
    words[index + 6] = g
    words[index + 7] = h
    seen |= a | b | c | d | e | f | g | h
  }
  for (; index < last; index++) seen |= words[index] = (words[index] as number) ^ key
  return seen
}

/** The same for few bytes; answers all of them or-ed together. */
function unmaskBytes(
  bytes: Uint8Array,
  start: number,
  end: number,
  a: number,
  b: number,
  c: number,
  d: number,
): number {
  let seen = 0
  let index = start
  for (; index + 3 < end; index += 4) {
    seen |= bytes[index] = (bytes[index] as number) ^ a
    seen |= bytes[index + 1] = (bytes[index + 1] as number) ^ b
    seen |= bytes[index + 2] = (bytes[index + 2] as number) ^ c
    seen |= bytes[index + 3] = (bytes[index + 3] as number) ^ d
  }
  if (index < end) seen |= bytes[index] = (bytes[index] as number) ^ a
  if (index + 1 < end) seen |= bytes[index + 1] = (bytes[index + 1] as number) ^ b
  if (index + 2 < end) seen |= bytes[index + 2] = (bytes[index + 2] as number) ^ c
  return seen
}
