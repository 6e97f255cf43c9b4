import fc from "fast-check"
import { expect, test } from "vitest"
import { GrowingBuffer } from "./growing-buffer.ts"

const pieces = fc.array(fc.uint8Array({ maxLength: 40, size: "max" }), { maxLength: 30, size: "max" })

test("what was appended comes out, in order, whatever the pieces", () => {
  fc.assert(
    fc.property(pieces, fc.boolean(), (all, isKnown) => {
      const buffer = new GrowingBuffer()
      const whole = Buffer.concat(all)
      for (const piece of all) buffer.append(piece, 0, piece.byteLength, isKnown ? whole.byteLength : Infinity)
      expect(Buffer.compare(buffer.view(), whole)).toBe(0)
      expect(Buffer.compare(buffer.take(), whole)).toBe(0)
    }),
  )
})

test("never is more than twice set aside of what has come, nor more than may come", () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 0, max: 1_000 }), (all, beyond) => {
      const buffer = new GrowingBuffer()
      const most = all.reduce((sum, piece) => sum + piece.byteLength, 0) + beyond
      for (const piece of all) {
        buffer.append(piece, 0, piece.byteLength, most)
        const capacity = buffer.view().buffer.byteLength
        expect(capacity).toBeLessThanOrEqual(Math.min(most, buffer.length * 2))
      }
    }),
  )
})

test("a part of a source is appended, and the source is only read", () => {
  const buffer = new GrowingBuffer()
  const source = Uint8Array.of(1, 2, 3, 4, 5)
  buffer.append(source, 1, 4, 100)
  source.fill(9)
  expect([...buffer.view()]).toEqual([2, 3, 4])
})

test("bytes that were taken stay as they are when the buffer goes on", () => {
  const buffer = new GrowingBuffer()
  buffer.append(Uint8Array.of(1, 2, 3), 0, 3, 100)
  const taken = buffer.take()
  buffer.append(Uint8Array.of(7, 8, 9), 0, 3, 100)
  expect([[...taken], [...buffer.view()], buffer.length]).toEqual([[1, 2, 3], [7, 8, 9], 3])
})

test("it is copied a number of times that grows with the logarithm of what comes", () => {
  const buffer = new GrowingBuffer()
  const memories = new Set<ArrayBufferLike>()
  for (let count = 0; count < 100_000; count++) {
    buffer.append(Uint8Array.of(count & 0xff), 0, 1, 100_000)
    memories.add(buffer.view().buffer)
  }
  expect(memories.size).toBeLessThanOrEqual(18)
})
