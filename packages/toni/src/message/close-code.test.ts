import fc from "fast-check"
import { expect, test } from "vitest"
import { checkCloseCode, cutReason, isSendableCloseCode } from "./close-code.ts"

test("G18a of all codes these may be sent, and no other", () => {
  const sendable = Array.from({ length: 70_000 }, (_, code) => code).filter(isSendableCloseCode)
  const standard = [1000, 1001, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014]
  expect(sendable).toEqual([...standard, ...Array.from({ length: 2_000 }, (_, index) => 3_000 + index)])
})

test("G18a what is no whole number is no code", () => {
  for (const wrong of [1000.5, NaN, Infinity, -1000, "1000", null, undefined, {}]) {
    expect(() => checkCloseCode(wrong as number)).toThrow(expect.objectContaining({ code: "TONI_BAD_CLOSE_CODE" }))
  }
})

test("G18a a reason is the longest beginning that fits into 123 bytes without cutting a character", () => {
  const character = fc.constantFrom("a", "ä", "€", "😀", "\u0000", "e\u0301")
  fc.assert(
    fc.property(fc.array(character, { maxLength: 150, size: "max" }), (characters) => {
      const reason = characters.join("")
      const cut = cutReason(reason)
      expect(reason.startsWith(cut)).toBe(true)
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(123)
      const next = String.fromCodePoint(reason.codePointAt(cut.length) ?? 0)
      expect(cut === reason || Buffer.byteLength(cut + next) > 123).toBe(true)
    }),
  )
})

test("G18a a reason with lone surrogates is cut to what fits, too", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "\ud800", "\udc00"), { maxLength: 150, size: "max" }), (units) => {
      expect(Buffer.byteLength(cutReason(units.join("")))).toBeLessThanOrEqual(123)
    }),
  )
  expect(Buffer.byteLength(cutReason("\ud800".repeat(100)))).toBe(123)
})

test("G18a what is no string is no reason", () => {
  for (const wrong of [5, null, undefined, {}, new Uint8Array(3)]) {
    expect(() => cutReason(wrong as string)).toThrow(expect.objectContaining({ code: "TONI_BAD_ARGUMENT" }))
  }
})

test.each([[null], [{}], [Object.create(null)], [Symbol("code")], [1000n]])(
  "G18a what is no number is no close code, and the error shows it",
  (code: unknown) => {
    expect(() => checkCloseCode(code as number)).toThrow(expect.objectContaining({ code: "TONI_BAD_CLOSE_CODE" }))
    expect(() => checkCloseCode("1000" as never)).toThrow('"1000"')
    expect(() => cutReason(code as string)).toThrow(expect.objectContaining({ code: "TONI_BAD_ARGUMENT" }))
  },
)
