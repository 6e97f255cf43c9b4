import { expect, test } from "vitest"
import { ReadMemory } from "./read-memory.ts"

test("what was copied stays what it was, however much follows", () => {
  const memory = new ReadMemory()
  const read = new Uint8Array(9_000)
  const lengths = [1, 100, 255, 4_096, 4_097, 9_000, 3, 2_000, 2_000, 2_000]
  const copies = lengths.map((length, index) => memory.copy(read.subarray(0, length).fill(index)))
  for (const [index, copy] of copies.entries()) {
    expect(copy).toHaveLength(lengths[index] as number)
    expect(copy.every((byte) => byte === index)).toBe(true)
  }
})

test("behind what was copied lies nothing but what this socket has read", () => {
  const { allocUnsafeSlow } = Buffer
  Buffer.allocUnsafeSlow = (size) => allocUnsafeSlow(size).fill(0xaa)
  try {
    const memory = new ReadMemory()
    const seen = [1, 50, 300, 5_000].flatMap((length) => [
      ...new Uint8Array(memory.copy(new Uint8Array(length).fill(7)).buffer),
    ])
    expect(new Set(seen)).toEqual(new Set([7, 0]))
  } finally {
    Buffer.allocUnsafeSlow = allocUnsafeSlow
  }
})

test("who reads little keeps little, for however long", () => {
  const memory = new ReadMemory()
  let last = memory.copy(Uint8Array.of(1))
  for (let count = 0; count < 10_000; count++) last = memory.copy(Uint8Array.of(1, 2, 3, 4, 5, 6))
  expect(last.buffer.byteLength).toBe(256)
})
