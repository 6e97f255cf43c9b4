import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest"
import type * as mask from "./mask.ts"
import type { Wasm } from "./simd-mask.ts"

type Exports = { readonly memory: unknown; readonly unmask: (at: number, end: number, key: number) => number }

/** How often SIMD was at work. */
let blocksUnmasked = 0

/** `WebAssembly`, which counts that. */
function countingWasm(): Wasm {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly
  return {
    Module,
    Instance: class {
      readonly exports: Exports
      constructor(module: object) {
        const { memory, unmask } = new Instance(module).exports as Exports
        this.exports = { memory, unmask: (at, end, key) => (blocksUnmasked++, unmask(at, end, key)) }
      }
    },
  }
}

/** A copy of the module, for a runtime with this `WebAssembly`: it looks for SIMD when it is loaded. */
async function maskFor(wasm: Wasm | undefined): Promise<typeof mask> {
  vi.stubGlobal("WebAssembly", wasm)
  vi.resetModules()
  try {
    return await import("./mask.ts")
  } finally {
    vi.unstubAllGlobals()
  }
}

const keys = [
  [0x37, 0xfa, 0x21, 0x3d],
  [0x00, 0x00, 0x00, 0x00],
  [0xff, 0xff, 0xff, 0xff],
  [0x80, 0x01, 0x7f, 0xfe],
] as const

/** Around where words begin, and around where SIMD does, if there is any; else words go on. */
const lengths = [...Array(200).keys(), 500, ...Array.from({ length: 40 }, (_, index) => 505 + index), 1_000, 65_555]

/** What the RFC says, byte by byte (section 5.3). */
function naive(bytes: Uint8Array, key: readonly number[]): Uint8Array {
  return bytes.map((byte, index) => byte ^ (key[index & 3] as number))
}

/** Memory with `lead` bytes before the key, then the payload, then a guard; the view begins at `shift` of the buffer. */
function frame(payload: Uint8Array, key: readonly number[], lead: number, shift: number): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(shift + lead + 4 + payload.byteLength + 8), shift).fill(0xaa)
  bytes.set(key, lead)
  bytes.set(payload, lead + 4)
  return bytes
}

describe.each<[string, boolean, () => Wasm | undefined]>([
  ["with SIMD", true, countingWasm],
  ["without SIMD", false, () => undefined],
])("%s", (_title, hasSimd, wasm) => {
  let Memory: typeof mask.Memory
  let unmask: typeof mask.unmask
  beforeAll(async () => void ({ Memory, unmask } = await maskFor(wasm())))
  beforeEach(() => void (blocksUnmasked = 0))

  test("of every length, at every place in memory, exactly the payload is unmasked", () => {
    const wrong: string[] = []
    for (const key of keys) {
      for (const length of lengths) {
        const payload = Uint8Array.from({ length }, (_, index) => (index * 37 + length) & 0xff)
        for (let lead = 0; lead < 4; lead++) {
          for (const shift of [0, 1, 2, 3]) {
            const bytes = frame(payload, key, lead, shift)
            const wanted = frame(naive(payload, key), key, lead, shift)
            const again = new Uint8Array(bytes.buffer.slice(0), shift)
            unmask(bytes, lead, lead + 4, lead + 4 + length)
            if (Buffer.compare(bytes, wanted) !== 0)
              wrong.push(`key ${key.join()}, length ${length}, at ${shift}+${lead}`)
            unmask(again, lead, lead + 4, lead + 4 + length, new Memory(again))
            if (Buffer.compare(again, wanted) !== 0)
              wrong.push(`the same with its memory at hand: ${length}, at ${shift}+${lead}`)
          }
        }
      }
    }
    expect([wrong, blocksUnmasked > 0]).toEqual([[], hasSimd])
  })

  test("one byte that is not ASCII is noticed wherever it is, and nothing else is", () => {
    const wrong: string[] = []
    for (let length = 0; length <= 600; length += length < 40 ? 1 : length < 140 ? 7 : 77) {
      for (let shift = 0; shift < 4; shift++) {
        const clean = new Uint8Array(length).fill(0x7f)
        for (let place = -1; place < length; place++) {
          const payload = clean.slice()
          if (place >= 0) payload[place] = 0x80
          for (const key of [keys[0], keys[3]]) {
            const bytes = frame(naive(payload, key), key, 0, shift)
            const memory = shift % 2 === 0 ? new Memory(bytes) : undefined
            if (unmask(bytes, 0, 4, 4 + length, memory) !== place < 0)
              wrong.push(`${length}, byte ${place}, at ${shift}`)
          }
        }
      }
    }
    expect([wrong, blocksUnmasked > 0]).toEqual([[], hasSimd])
  })
})
