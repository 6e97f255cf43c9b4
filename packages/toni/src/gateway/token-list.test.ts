import fc from "fast-check"
import { expect, test } from "vitest"
import { isToken, parseTokens } from "./token-list.ts"
import { anyText } from "./test/any-text.ts"

test.each([
  ["chat", ["chat"]],
  ["chat, superchat", ["chat", "superchat"]],
  [" \tchat\t ,b ", ["chat", "b"]],
  ["graphql-transport-ws,v1.json", ["graphql-transport-ws", "v1.json"]],
  ["Chat, chat", ["Chat", "chat"]],
  ["__proto__, constructor", ["__proto__", "constructor"]],
])("G10a the list %j names %j", (value, tokens) => {
  expect(parseTokens(value)).toEqual(tokens)
})

test.each([
  ["", "nothing"],
  [",", "empty items"],
  ["a,,b", "an empty item"],
  ["a,", "an empty item at the end"],
  [",a", "an empty item at the start"],
  ["a, a", "a name twice"],
  ["a b", "a space inside a name"],
  ["a/b", "a slash"],
  ["a;q=1", "a parameter"],
  ['"a"', "quotes"],
  ["a\0", "a NUL"],
  ["a\nb", "a line break"],
  ["é", "a character beyond ASCII"],
  ["\u00a0a", "a space that is none in HTTP"],
  ["a\n", "a line break at the end"],
])("G5a the list %j is malformed: %s", (value) => {
  expect(parseTokens(value)).toBeUndefined()
})

test("every list of distinct tokens is read back", () => {
  const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}$/)
  fc.assert(
    fc.property(fc.uniqueArray(token, { minLength: 1 }), fc.constantFrom(",", ", ", " ,\t"), (tokens, separator) => {
      expect(parseTokens(tokens.join(separator))).toEqual(tokens)
    }),
  )
})

test("a token has no character that would separate or end a header", () => {
  fc.assert(fc.property(anyText, (text) => isToken(text) === /^[^\0-\x20"(),/:-@[-\]{}\x7f-\uffff]+$/.test(text)))
  expect(isToken("")).toBe(false)
})

test.each([
  ["spaces", `a${" ".repeat(15_000)}b`],
  ["commas", ",".repeat(15_000)],
  ["names", Array.from({ length: 3_000 }, (_, index) => index.toString(36)).join(",")],
  ["one long name", "a".repeat(15_000)],
  ["spaces and commas", " ,".repeat(7_500)],
])("G5a a list of 15 KB of %s takes less than 150 ms (CVE-2021-32640)", (_, value) => {
  const begin = process.cpuUsage()
  parseTokens(value)
  expect(process.cpuUsage(begin).user).toBeLessThan(150_000)
})
