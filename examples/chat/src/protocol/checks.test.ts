import { expect, test } from "vitest"
import { checkName, checkRoom, checkText } from "./checks.ts"

test.for([
  ["  Ada \n Lovelace ", "Ada Lovelace"],
  ["Ada\u0007", "Ada"],
  ["\ud83d", "\ufffd"],
  ["👩‍👩‍👧", "👩‍👩‍👧"],
  ["e\u0301", "\u00e9"],
] as const)("the name %j is tidied to %j", ([input, name]) => {
  expect(checkName(input)).toEqual({ ok: true, value: name })
})

test.for(["", "   ", "\u200b\u200d", "\u202e", "\u0000"])("%j is no name: there would be nothing to see", (input) => {
  expect(checkName(input)).toMatchObject({ ok: false })
})

test.for([".", "..", " .. "])("%j is no room: browsers take it out of addresses", (input) => {
  expect(checkRoom(input)).toMatchObject({ ok: false })
})

test("a text keeps its lines, tabs and signs", () => {
  expect(checkText("if (a < b) {\r\n\tgo() & stop()\r\n}")).toEqual({
    ok: true,
    value: "if (a < b) {\n\tgo() & stop()\n}",
  })
})

test("lengths are counted in characters, not in halves of them", () => {
  expect(checkName("🫖".repeat(32)).ok).toBe(true)
  expect(checkName("🫖".repeat(33)).ok).toBe(false)
})
