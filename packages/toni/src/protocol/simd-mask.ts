/** As many bytes as one instruction takes. */
export const blockSize = 16

/** One page of WebAssembly's memory: it has one to copy to and from, and one to read into. */
const pageSize = 65_536

/**
 * Removes the mask `key`, the first byte lowest, from `bytes[start, end)` in place: whole blocks. Answers whether every
 * byte is ASCII.
 */
export type UnmaskBlocks = (bytes: Uint8Array, start: number, end: number, key: number) => boolean

export interface Simd {
  readonly unmask: UnmaskBlocks
  /** A page in which bytes are unmasked where they lie. */
  readonly readingMemory: Uint8Array
}

/** What is needed of `WebAssembly`, which has no types without those of a browser. */
export interface Wasm {
  readonly Module: new (code: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: object }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  /** Unmasks the memory from `at` to `end`, at least one block; answers 0 if all of it is ASCII. */
  readonly unmask: (at: number, end: number, key: number) => number
}

/**
 * The machine takes a mask off sixteen bytes at once (SIMD), which JavaScript can ask for only in WebAssembly. That has
 * its own memory: other bytes are copied there and back, and many are quicker all the same. `undefined` where the
 * runtime does without, or has no room for it.
 */
export function makeUnmaskBlocks(wasm: Wasm | undefined): Simd | undefined {
  const exports = instantiate(wasm)
  if (exports === undefined) return undefined
  const { unmask, memory } = exports
  const { buffer } = memory
  const page = new Uint8Array(buffer, 0, pageSize)
  return {
    readingMemory: new Uint8Array(buffer, pageSize, pageSize),
    unmask(bytes, start, end, key) {
      if (bytes.buffer === buffer) return unmask(bytes.byteOffset + start, bytes.byteOffset + end, key) === 0
      let seen = 0
      for (let offset = start; offset < end; offset += pageSize) {
        const piece = bytes.subarray(offset, Math.min(end, offset + pageSize))
        const { length } = piece
        page.set(piece)
        seen |= unmask(0, length, key)
        piece.set(length === pageSize ? page : page.subarray(0, length))
      }
      return seen === 0
    },
  }
}

function instantiate(wasm: Wasm | undefined): Exports | undefined {
  try {
    return wasm && (new wasm.Instance(new wasm.Module(code())).exports as Exports)
  } catch {
    return undefined
  }
}

/**
 * The function in WebAssembly (core specification 2.0, section 5), written by hand:
 *
 * ```text
 * (func (export "unmask") (param $at i32) (param $end i32) (param $key i32) (result i32)
 *   (local $mask v128) (local $seen v128) (local $block v128) …)
 * ```
 */
function code(): Uint8Array {
  const [at, end, key, mask, seen, block] = [0, 1, 2, 3, 4, 5]
  const [i32, v128] = [0x7f, 0x7b]
  const get = (local: number): number[] => [0x20, local]
  const set = (local: number): number[] => [0x21, local]
  const tee = (local: number): number[] => [0x22, local]
  const simd = (opcode: number): number[] => [0xfd, opcode]
  const aligned = [0, 0]
  const body = [
    ...[1, 3, v128], // the locals behind the parameters: three v128
    ...[...get(key), ...simd(0x11), ...set(mask)], // i32x4.splat
    ...[0x03, 0x40], // loop
    ...[...get(at), ...get(at), ...simd(0x00), ...aligned], // v128.load
    ...[...get(mask), ...simd(0x51), ...tee(block)], // v128.xor
    ...[...simd(0x0b), ...aligned], // v128.store
    ...[...get(block), ...get(seen), ...simd(0x50), ...set(seen)], // v128.or
    ...[...get(at), 0x41, blockSize, 0x6a, ...tee(at)], // i32.const, i32.add
    ...[...get(end), 0x49, 0x0d, 0, 0x0b], // i32.lt_u, br_if 0, end of the loop
    ...[...get(seen), ...simd(0x64), 0x0b], // i8x16.bitmask: the highest bit of every byte
  ]
  // Lengths below 128 are one byte.
  const name = (text: string): number[] => [text.length, ...new TextEncoder().encode(text)]
  const section = (id: number, ...content: number[]): number[] => [id, content.length, ...content]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
    ...section(1, 1, 0x60, 3, i32, i32, i32, 1, i32), // one type: (i32, i32, i32) to i32
    ...section(3, 1, 0), // one function of that type
    ...section(5, 1, 0, 2), // one memory of two pages
    ...section(7, 2, ...name("memory"), 2, 0, ...name("unmask"), 0, 0), // exports
    ...section(10, 1, body.length, ...body),
  ])
}
