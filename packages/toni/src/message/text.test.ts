import fc from "fast-check"
import { expect, test } from "vitest"
import { decodeText, encodeText } from "./text.ts"

test("text survives the way to bytes and back", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(decodeText(encodeText(text))).toBe(text)
    }),
  )
})

test("a byte order mark belongs to the message", () => {
  expect(decodeText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("\ufeffa")
  expect([...encodeText("\ufeffa")]).toEqual([0xef, 0xbb, 0xbf, 0x61])
})

test("a lone surrogate becomes U+FFFD", () => {
  expect(decodeText(encodeText("a\ud800b"))).toBe("a\ufffdb")
})
