import fc from "fast-check"
import { expect, test } from "vitest"
import { chooseProtocol, isCredential, readBearer } from "./subprotocol.ts"
import { anyText } from "./test/any-text.ts"

test.each([
  [["b", "a"], ["a", "b"], "b"],
  [["a"], ["b"], undefined],
  [[], ["a"], undefined],
  [["a"], [], undefined],
  [["A"], ["a"], undefined],
  [[], ["toni"], "toni"],
  [["a"], ["toni", "a"], "a"],
  [[], ["toni.bearer.YQ", "a"], undefined],
  [[], ["toni.bearer.YQ", "toni"], "toni"],
])("G10a a gateway that speaks %j answers the offer %j with %s", (spoken, offered, answer) => {
  expect(chooseProtocol(spoken, offered)).toBe(answer)
})

test("G10b a credential is never answered, even where a gateway lists it", () => {
  expect(chooseProtocol(["toni.bearer.YQ"], ["toni.bearer.YQ"])).toBeUndefined()
  expect(isCredential("toni.bearer.YQ")).toBe(true)
})

test("G10a only what was offered is ever answered, and never a credential", () => {
  const name = fc.constantFrom<string>("a", "b", "c", "toni", "toni.bearer.YQ", "__proto__")
  fc.assert(
    fc.property(fc.array(name), fc.array(name), (spoken, offered) => {
      const answer = chooseProtocol(spoken, offered)
      expect(answer === undefined || (offered.includes(answer) && !isCredential(answer))).toBe(true)
    }),
  )
})

test.each([
  ["Bearer abc.def-ghi_~+/=", "abc.def-ghi_~+/="],
  ["bearer abc", "abc"],
  ["BEARER   abc  ", "abc"],
  ["Bearer", undefined],
  ["Bearer ", undefined],
  ["Bearer a b", undefined],
  ["Bearer a, Bearer b", undefined],
  ["Basic YTpi", undefined],
  ["BearerX abc", undefined],
  ["", undefined],
])("G10b the header %j holds the credential %s", (header, credential) => {
  expect(readBearer(header, [])).toBe(credential)
})

test("G10b the header goes before the subprotocol; a header of another scheme does not hide it", () => {
  expect(readBearer("Bearer header", ["toni.bearer.YQ"])).toBe("header")
  expect(readBearer("Basic YTpi", ["toni.bearer.YQ"])).toBe("a")
  expect(readBearer(null, [])).toBeUndefined()
})

test("G10b of several credentials the first counts", () => {
  expect(readBearer(null, ["toni", "toni.bearer.YQ", "toni.bearer.Yg"])).toBe("a")
})

test.each([
  ["toni.bearer.", "nothing"],
  ["toni.bearer.A", "an impossible length"],
  ["toni.bearer.YQ==", "padding"],
  ["toni.bearer.a+b/", "the alphabet of plain base64"],
  ["toni.bearer.a.b", "a dot"],
  ["toni.bearer._w", "bytes that are not UTF-8"],
  ["Toni.Bearer.YQ", "another case"],
  ["xtoni.bearer.YQ", "another prefix"],
])("G10b %s is no credential: %s", (offer) => {
  expect(readBearer(null, [offer])).toBeUndefined()
})

test("G10b every text survives the way through the subprotocol", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
      const offer = `toni.bearer.${Buffer.from(text).toString("base64url")}`
      expect(readBearer(null, [offer])).toBe(text)
    }),
  )
})

test("G10b no offer and no header makes it throw", () => {
  fc.assert(
    fc.property(anyText, fc.string(), (header, offer) => {
      expect([undefined, "string"]).toContain(
        ((value) => (value === undefined ? value : typeof value))(readBearer(header, [`toni.bearer.${offer}`])),
      )
    }),
  )
})

test("G10b a header of 15 KB of spaces takes less than 150 ms", () => {
  const begin = process.cpuUsage()
  readBearer(`Bearer ${" ".repeat(15_000)},`, [])
  readBearer(`Bearer a${" ".repeat(15_000)},`, [])
  expect(process.cpuUsage(begin).user).toBeLessThan(150_000)
})
