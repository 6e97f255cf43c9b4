import { expect, test } from "vitest"
import { blockSize, makeUnmaskBlocks, type Simd, type UnmaskBlocks, type Wasm } from "./simd-mask.ts"

const wasm = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly
const key = [0x37, 0xfa, 0x21, 0x3d] as const
const key32 = key[0] | (key[1] << 8) | (key[2] << 16) | (key[3] << 24)

function unmaskBlocks(): UnmaskBlocks {
  const made = makeUnmaskBlocks(wasm)
  if (made === undefined) throw new Error("this Node has no SIMD in WebAssembly, or no memory for it")
  return made.unmask
}

test("up to a page of memory and beyond, exactly the range is unmasked (RFC 6455 section 5.3)", () => {
  const unmask = unmaskBlocks()
  const wrong: number[] = []
  for (const length of [16, 32, 512, 65_520, 65_536, 65_552, 131_072, 131_088, 1_048_576]) {
    for (const start of [0, 1, 13]) {
      const bytes = Uint8Array.from({ length: start + length + 9 }, (_, index) => (index * 37) >> 3)
      const wanted = bytes.map((byte, index) =>
        index < start || index >= start + length ? byte : byte ^ (key[(index - start) & 3] as number),
      )
      unmask(bytes, start, start + length, key32)
      if (Buffer.compare(bytes, wanted) !== 0) wrong.push(length)
    }
  }
  expect(wrong).toEqual([])
})

test("in the memory to read into, bytes are unmasked where they lie, and nothing beside them", () => {
  const { unmask, readingMemory } = makeUnmaskBlocks(wasm) as Simd
  for (const [start, end] of [
    [0, 65_536],
    [16, 32],
    [13, 1_037],
    [65_520, 65_536],
  ] as const) {
    readingMemory.forEach((_byte, index) => (readingMemory[index] = (index * 37) >> 3))
    const wanted = readingMemory.map((byte, index) =>
      index < start || index >= end ? byte : byte ^ (key[(index - start) & 3] as number),
    )
    unmask(readingMemory, start, end, key32)
    expect(Buffer.compare(readingMemory, wanted)).toBe(0)
  }
  expect(readingMemory).toHaveLength(65_536)
})

test("whether all is ASCII is said of these bytes, not of those before them", () => {
  const unmask = unmaskBlocks()
  const text = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => key[index & 3] as number)
  const wrong: number[] = []
  for (const place of [0, 15, 16, 511, 65_535, 65_536, 70_015]) {
    const bytes = text(70_016)
    bytes[place] = (bytes[place] as number) ^ 0x80
    if (unmask(bytes, 0, bytes.length, key32)) wrong.push(place)
    if (!unmask(text(blockSize), 0, blockSize, key32)) wrong.push(-place)
  }
  expect(wrong).toEqual([])
})

test.for<[string, Wasm | undefined]>([
  ["has no WebAssembly", undefined],
  [
    "does not know SIMD",
    {
      ...wasm,
      Module: class {
        constructor() {
          throw new Error("invalid opcode")
        }
      },
    },
  ],
  [
    "has no memory left for it",
    {
      Module: wasm.Module,
      Instance: class {
        readonly exports = {}
        constructor() {
          throw new RangeError("out of memory")
        }
      },
    },
  ],
])("a runtime that %s is done without", ([, runtime]) => {
  expect(makeUnmaskBlocks(runtime)).toBeUndefined()
})
