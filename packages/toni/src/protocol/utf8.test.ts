import { isUtf8 as isUtf8Quickly } from "node:buffer"
import fc from "fast-check"
import { expect, test } from "vitest"
import { Utf8Stream } from "./utf8.ts"

/** The oracle: what the platform makes of the bytes. */
function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** Whether some continuation makes the bytes UTF-8: the oracle for "can still become". */
function canBecomeUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

/** The verdict on bytes that come in these pieces. */
function verdict(pieces: readonly Uint8Array[]): boolean {
  const stream = new Utf8Stream()
  return pieces.every((piece) => stream.push(piece)) && stream.isComplete
}

/** Bytes that are nearly UTF-8 more often than noise is: characters, pieces of characters, and strays. */
const nearlyUtf8 = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.string({ unit: "grapheme", maxLength: 3 }).map((text) => [...Buffer.from(text)]) },
      {
        weight: 1,
        arbitrary: fc
          .string({ unit: "binary", minLength: 1, maxLength: 1 })
          .map((text) => [...Buffer.from(text)].slice(0, -1)),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          [0xed, 0xa0, 0x80],
          [0xf4, 0x90, 0x80, 0x80],
          [0xe0, 0x9f, 0xbf],
          [0xf0, 0x8f, 0xbf, 0xbf],
          [0xc1, 0xbf],
        ),
      },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((byte) => [byte]) },
    ),
    { maxLength: 6 },
  )
  .map((parts) => Uint8Array.from(parts.flat()))

test("bytes in two pieces are judged as TextDecoder judges them whole, wherever they are cut", () => {
  fc.assert(
    fc.property(nearlyUtf8, (bytes) => {
      for (let cut = 0; cut <= bytes.byteLength; cut++) {
        expect(verdict([bytes.subarray(0, cut), bytes.subarray(cut)])).toBe(isUtf8(bytes))
      }
    }),
    { numRuns: 400 },
  )
})

test("noise is judged as TextDecoder judges it, byte by byte too", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      expect(verdict(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toBe(isUtf8(bytes))
    }),
    { numRuns: 1_000 },
  )
})

test("every sequence of two bytes, and every one of three that begins with a lead, is judged right", () => {
  const wrong: string[] = []
  const judge = (...bytes: number[]): void => {
    if (verdict([Uint8Array.from(bytes)]) !== isUtf8Quickly(Uint8Array.from(bytes))) wrong.push(String(bytes))
  }
  for (let first = 0; first < 256; first++) for (let second = 0; second < 256; second++) judge(first, second)
  // What follows the second byte is a continuation or it is not: the edges of that stand for the rest.
  for (let first = 0xe0; first < 0x100; first++) {
    for (let second = 0x7f; second <= 0xc0; second++) {
      for (const third of [0x7f, 0x80, 0xbf, 0xc0]) {
        judge(first, second, third)
        for (const fourth of [0x7f, 0x80, 0xbf, 0xc0]) judge(first, second, third, fourth)
      }
    }
  }
  expect(wrong).toEqual([])
})

test.each([
  ["a continuation without a lead", [0x80], 0],
  ["a lead without its continuation", [0xc3, 0x28], 1],
  ["an overlong slash of two bytes", [0xc0, 0xaf], 0],
  ["an overlong slash of three bytes", [0xe0, 0x80, 0xaf], 1],
  ["an overlong slash of four bytes", [0xf0, 0x80, 0x80, 0xaf], 1],
  ["the first high surrogate", [0xed, 0xa0, 0x80], 1],
  ["the last low surrogate", [0xed, 0xbf, 0xbf], 1],
  ["U+110000", [0xf4, 0x90, 0x80, 0x80], 1],
  ["a lead of five bytes", [0xf8, 0x88, 0x80, 0x80, 0x80], 0],
  ["a lead of six bytes", [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80], 0],
  ["0xfe", [0xfe], 0],
  ["0xff", [0xff], 0],
])("%s is refused at the first byte that settles it", (_name, bytes, settles) => {
  const stream = new Utf8Stream()
  const verdicts = bytes.map((byte) => stream.push(Uint8Array.of(byte)))
  expect(verdicts.indexOf(false)).toBe(settles)
})

test("it is settled exactly when TextDecoder, as a stream, settles it", () => {
  fc.assert(
    fc.property(nearlyUtf8, (bytes) => {
      const stream = new Utf8Stream()
      const settles = bytes.findIndex((byte) => !stream.push(Uint8Array.of(byte)))
      const oracle = bytes.findIndex((_, index) => !canBecomeUtf8(bytes.subarray(0, index + 1)))
      expect(settles).toBe(oracle)
    }),
    { numRuns: 400 },
  )
})

test("a character that is cut off is incomplete until its last byte", () => {
  const stream = new Utf8Stream()
  const complete = [...Buffer.from("😀")].map((byte) => [stream.push(Uint8Array.of(byte)), stream.isComplete])
  expect(complete).toEqual([
    [true, false],
    [true, false],
    [true, false],
    [true, true],
  ])
})
