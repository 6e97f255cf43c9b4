import { isUtf8 } from "node:buffer"
import fc from "fast-check"
import { expect, test } from "vitest"
import { readClose, writeClose } from "./close-payload.ts"

function payloadOf(code: number, reason: Uint8Array = new Uint8Array(0)): Uint8Array {
  return Uint8Array.of(code >> 8, code & 0xff, ...reason)
}

test("of all 65,536 codes, those that a peer may send are read, and the others are a protocol error", () => {
  const read = Array.from({ length: 65_536 }, (_, code) => code).filter(
    (code) => readClose(payloadOf(code), isUtf8) !== 1002,
  )
  const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i)
  expect(read).toEqual([...range(1000, 1003), ...range(1007, 1014), ...range(3000, 4999)])
})

test("no payload is a Close without a code, and one byte is a protocol error", () => {
  expect(readClose(new Uint8Array(0), isUtf8)).toEqual({ code: 1005, reason: "" })
  expect([0x00, 0x03, 0xff].map((byte) => readClose(Uint8Array.of(byte), isUtf8))).toEqual([1002, 1002, 1002])
})

test("a reason that is not UTF-8 is 1007, and a code that is wrong comes first", () => {
  const bad = Uint8Array.of(0xed, 0xa0, 0x80)
  expect(readClose(payloadOf(1000, bad), isUtf8)).toBe(1007)
  expect(readClose(payloadOf(1006, bad), isUtf8)).toBe(1002)
})

test("a byte order mark in a reason is part of it", () => {
  expect(readClose(payloadOf(1000, Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), isUtf8)).toEqual({
    code: 1000,
    reason: "\ufeffa",
  })
})

test("what is written is read again, at any length that fits", () => {
  const reasons = fc.string({ unit: "grapheme", maxLength: 123 }).filter((reason) => Buffer.byteLength(reason) <= 123)
  fc.assert(
    fc.property(fc.constantFrom(1000, 1001, 1014, 3000, 4999), reasons, (code, reason) => {
      const payload = writeClose(code, reason)
      expect(payload.byteLength).toBe(2 + Buffer.byteLength(reason))
      expect(readClose(payload, isUtf8)).toEqual({ code, reason })
    }),
  )
})

test("1005, which is never on the wire, is written as no payload", () => {
  expect(writeClose(1005, "ignored")).toEqual(new Uint8Array(0))
})
