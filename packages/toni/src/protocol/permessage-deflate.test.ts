import fc from "fast-check"
import { expect, test } from "vitest"
import { parseExtensions } from "./extensions.ts"
import { agreeOnDeflate } from "./permessage-deflate.ts"

const both = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

/** What the header of an offer is answered with. */
function answerTo(header: string): string | undefined {
  const offers = parseExtensions(header)
  return offers && agreeOnDeflate(offers)?.answer
}

test.each([
  ["permessage-deflate", both],
  ["permessage-deflate; client_max_window_bits", both],
  ['permessage-deflate ; client_max_window_bits="10"', both],
  ["permessage-deflate; server_max_window_bits=9", `${both}; server_max_window_bits=9`],
  ["x-other, permessage-deflate; server_no_context_takeover", both],
  ["permessage-deflate; server_max_window_bits=8, permessage-deflate", both],
])("the offer %s is accepted", (header, answer) => {
  expect(answerTo(header)).toBe(answer)
})

test.each([
  "x-webkit-deflate-frame",
  "permessage-deflate; server_max_window_bits",
  "permessage-deflate; server_max_window_bits=7",
  "permessage-deflate; server_max_window_bits=16",
  "permessage-deflate; server_max_window_bits=08",
  "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9",
  "permessage-deflate; client_max_window_bits=16",
  "permessage-deflate; client_no_context_takeover=1",
  "permessage-deflate; toString",
  "permessage-deflate; __proto__=1",
])("the offer %s is declined", (header) => {
  expect(answerTo(header)).toBeUndefined()
})

test.each(["", ",", "a;", "a;;b", "a;b=", 'a;b="', 'a;b="c', "a b", "a;b=c d", "a,", '"a"'])(
  "the header %j is malformed",
  (header) => {
    expect(parseExtensions(header)).toBeUndefined()
  },
)

test("whatever the header, reading it ends with an answer", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('a9;,="\t -é')) }), (header) => {
      const offers = parseExtensions(header)
      expect(offers === undefined || offers.every(({ name }) => /^[a9-]+$/.test(name))).toBe(true)
    }),
  )
})

test("a header of 60 KB is read in linear time", () => {
  const begin = performance.now()
  expect(parseExtensions(`a${";b=c".repeat(15_000)}`)).toHaveLength(1)
  expect(parseExtensions(`a${" ".repeat(60_000)}x`)).toBeUndefined()
  expect(performance.now() - begin).toBeLessThan(500)
})
