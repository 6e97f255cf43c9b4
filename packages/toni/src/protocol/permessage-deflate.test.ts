import fc from "fast-check"
import * as ws from "ws"
import { describe, expect, test } from "vitest"
import type { OfferParam } from "./case-table/compression.ts"
import { readDeflateAnswer } from "./case-table/deflate-answer.ts"
import { parseExtensions } from "./extensions.ts"
import { agreeOnDeflate } from "./permessage-deflate.ts"

const both = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

/** What the header of an offer is answered with. */
function answerTo(header: string): string | undefined {
  const offers = parseExtensions(header)
  return offers && agreeOnDeflate(offers)?.answer
}

// ── offers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

test.each([
  ["permessage-deflate", both],
  ["permessage-deflate; server_no_context_takeover", both],
  ["permessage-deflate; client_no_context_takeover", both],
  ["permessage-deflate; client_max_window_bits", both],
  ["permessage-deflate; client_max_window_bits=8", both],
  ['permessage-deflate ; client_max_window_bits="10"', both],
  ["permessage-deflate; server_max_window_bits=9", `${both}; server_max_window_bits=9`],
  ['permessage-deflate; server_max_window_bits="1\\5"', `${both}; server_max_window_bits=15`],
  ["x-other, permessage-deflate; server_no_context_takeover", both],
])("RFC 7692 section 7.1: the offer %s is accepted", (header, answer) => {
  expect(answerTo(header)).toBe(answer)
})

test.each([
  ["server_max_window_bits=8", "its window is smaller than zlib can keep to"],
  ["server_max_window_bits", "its value is missing"],
  ["server_max_window_bits=7", "its value is below 8"],
  ["server_max_window_bits=16", "its value is above 15"],
  ["server_max_window_bits=09", "its value has a leading zero"],
  ["server_max_window_bits=+9", "its value has a sign"],
  ["server_max_window_bits=0x9", "its value is not decimal"],
  ["server_max_window_bits=9; server_max_window_bits=9", "it is there twice"],
  ["client_max_window_bits=16", "its value is above 15"],
  ["client_max_window_bits=08", "its value has a leading zero"],
  ["client_max_window_bits; client_max_window_bits=10", "it is there twice"],
  ["client_no_context_takeover=1", "it takes no value"],
  ["client_no_context_takeover; client_no_context_takeover", "it is there twice"],
  ["server_no_context_takeover=true", "it takes no value"],
  ["Server_no_context_takeover", "it is unknown"],
  ["toString", "it is unknown"],
  ["__proto__=1", "it is unknown"],
])("RFC 7692 section 7.1: an offer with %s is declined, since %s, and the next one is taken", (params) => {
  const header = `permessage-deflate; ${params}`
  expect(answerTo(header)).toBeUndefined()
  expect(answerTo(`permessage-deflate; client_no_context_takeover; ${params}`)).toBeUndefined()
  expect(answerTo(`${header}, permessage-deflate; server_max_window_bits=10`)).toBe(
    `${both}; server_max_window_bits=10`,
  )
})

test("RFC 7692 section 5: of several offers that can be met the first is taken", () => {
  const [small, large] = ["permessage-deflate; server_max_window_bits=9", "permessage-deflate"]
  expect(answerTo(`${small}, ${large}`)).toBe(`${both}; server_max_window_bits=9`)
  expect(answerTo(`${large}, ${small}`)).toBe(both)
})

test.each(["x-webkit-deflate-frame", "permessage-bzip2, permessage-deflate2", "Permessage-Deflate"])(
  "RFC 6455 section 9.1: extensions that we do not have are declined, such as %s",
  (header) => {
    expect(answerTo(header)).toBeUndefined()
  },
)

/** Every way to offer what RFC 7692 section 7.1 names, with every value that it allows. */
const takeover = [[], [["server_no_context_takeover", true]], [["client_no_context_takeover", true]]] as const
const windows = ["8", "9", "10", "11", "12", "13", "14", "15"] as const
const legalOffers: readonly (readonly OfferParam[])[] = [...takeover, takeover.flat() as OfferParam[]].flatMap((kept) =>
  [[], ...windows.map((bits): OfferParam[] => [["server_max_window_bits", bits]])].flatMap((server) =>
    [[], ...[true as const, ...windows].map((bits): OfferParam[] => [["client_max_window_bits", bits]])].map(
      (client) => [...kept, ...server, ...client],
    ),
  ),
)

const headerOf = (offers: readonly (readonly OfferParam[])[]): string =>
  offers
    .map((params) => ["permessage-deflate", ...params.map((param) => param.filter((part) => part !== true).join("="))])
    .map((parts) => parts.join("; "))
    .join(", ")

const askedWindow = (offer: readonly OfferParam[]): string | true | undefined =>
  new Map(offer).get("server_max_window_bits")
/** Those that zlib can keep to. */
const meetableOffers = legalOffers.filter((offer) => askedWindow(offer) !== "8")

test("RFC 7692 section 7.1: the answer to every legal offer is legal, keeps to its window, and takes none over", () => {
  expect(legalOffers).toHaveLength(4 * 9 * 10)
  for (const offer of meetableOffers) {
    const agreement = agreeOnDeflate(parseExtensions(headerOf([offer])) ?? [])
    const { serverBits, ...others } = readDeflateAnswer([offer], agreement?.answer ?? "")
    const asked = Number(askedWindow(offer) ?? 15)
    expect(others).toEqual({ clientBits: 15, serverTakesOver: false, clientTakesOver: false })
    expect([serverBits, agreement?.windowBits]).toEqual([asked, asked])
  }
})

test("RFC 7692 section 7.1.2.1: an offer of the smallest window is declined, whatever else it says", () => {
  const smallest = legalOffers.filter((offer) => askedWindow(offer) === "8")
  expect(smallest.map((offer) => answerTo(headerOf([offer])))).toEqual(Array(4 * 10).fill(undefined))
})

// ── headers ────────────────────────────────────────────────────────────────────────────────────────────────────────

const malformed = ["", ",", "a;", "a;;b", "a;b=", 'a;b="', 'a;b="c', 'a;b=""', 'a;b="c d"', 'a;b="c "', 'a;b="\\"']
test.each([...malformed, 'a;b="\\""', 'a;b="c"d', "a b", "a;b=c d", "a;b=c=d", "a,", "a,,b", '"a"', "a=b", "é"])(
  "RFC 6455 section 9.1: the header %j is malformed",
  (header) => {
    expect(parseExtensions(header)).toBeUndefined()
  },
)

test("RFC 6455 section 9.1: a value may be quoted, with escapes, and blanks may stand between the parts", () => {
  expect(parseExtensions('\ta ; b = "c\\d" ;e,\tf')).toEqual([
    {
      name: "a",
      params: [
        ["b", "cd"],
        ["e", true],
      ],
    },
    { name: "f", params: [] },
  ])
})

test("whatever the header, reading it ends with an answer", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('a9;,="\\\t -é')) }), (header) => {
      const offers = parseExtensions(header)
      expect(offers === undefined || offers.every(({ name }) => /^[a9-]+$/.test(name))).toBe(true)
    }),
  )
})

test.each([
  ["parameters", `a${";b=c".repeat(15_000)}`, true],
  ["offers", `a${",permessage-deflate;x".repeat(3_000)}`, true],
  ["blanks", `a${" ".repeat(60_000)}x`, false],
  ["escapes", `a;b="${"\\c".repeat(30_000)}`, false],
  ["quotes", `a;b=${'"'.repeat(60_000)}`, false],
])("a header of 60 KB of %s is read in linear time", (_what, header, isWellFormed) => {
  const begin = process.cpuUsage()
  expect(parseExtensions(header) !== undefined).toBe(isWellFormed)
  expect(answerTo(header)).toBeUndefined()
  // Microseconds of the processor, whatever else it does. Quadratic time would be seconds.
  expect(process.cpuUsage(begin).user).toBeLessThan(500_000)
})

// ── the same headers through ws ────────────────────────────────────────────────────────────────────────────────────

type Values = Readonly<Record<string, readonly (string | true)[]>>
/** The parts of `ws` that its types leave out. */
const { extension, PerMessageDeflate } = ws as unknown as {
  readonly extension: { parse(header: string): Readonly<Record<string, readonly Values[]>> }
  readonly PerMessageDeflate: new (options: Readonly<Record<string, boolean>>) => {
    accept(offers: readonly Values[]): Readonly<Record<string, number | true>>
  }
}

/** A header as `ws` reads it; `undefined` when it is malformed. */
function theirs(header: string): Readonly<Record<string, readonly Values[]>> | undefined {
  try {
    return extension.parse(header)
  } catch {
    return undefined
  }
}

/** A header as we read it, in the shape that `ws` has for it. */
function ours(header: string): object | undefined {
  const grouped: Record<string, Values[]> = Object.create(null) as Record<string, Values[]>
  const offers = parseExtensions(header)
  for (const { name, params } of offers ?? []) {
    const values = Object.create(null) as Record<string, (string | true)[]>
    for (const [param, value] of params) (values[param] ??= []).push(value)
    ;(grouped[name] ??= []).push(values)
  }
  return offers && grouped
}

const names = ["permessage-deflate", "a", "__proto__", "server_max_window_bits", "client_no_context_takeover"]
const pieces = [...names, "toString", "9", "10", ";", ";", ",", "=", '"', "\\", " ", "\t", "é"]
const anyHeader = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(""))
const value = fc.constantFrom("", "=9", '="10"', '="\\1\\0"', '="a', "=a\\b", "= 9", " =9", "=")
const parameter = fc.tuple(fc.constantFrom(";", " ;\t", ";"), fc.constantFrom(...names), value)
const offerText = fc
  .tuple(fc.constantFrom(...names), fc.array(parameter, { maxLength: 4 }))
  .map(([name, params]) => name + params.flat().join(""))
const nearlyGood = fc.array(offerText, { minLength: 1, maxLength: 3 }).map((offers) => offers.join(", "))

describe("we and ws agree", () => {
  test("on what every header says, but that we allow blanks wherever RFC 2616 section 2.1 does", () => {
    let read = 0
    fc.assert(
      fc.property(fc.oneof(anyHeader, nearlyGood), (header) => {
        const [account, other] = [ours(header), theirs(header)]
        const isLax = other === undefined && account !== undefined
        expect(account).toEqual(isLax ? theirs(header.replaceAll(/[ \t]/g, "")) : other)
        if (account !== undefined) read++
      }),
      { numRuns: 2_000 },
    )
    expect(read).toBeGreaterThan(300)
  })

  test("on the answer to legal offers, but that we bind no client to its window: ours takes any", () => {
    const options = { isServer: true, serverNoContextTakeover: true, clientNoContextTakeover: true }
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...meetableOffers), { minLength: 1, maxLength: 3 }), (offers) => {
        const header = headerOf(offers)
        const accepted = new PerMessageDeflate(options).accept(theirs(header)?.["permessage-deflate"] ?? [])
        const { client_max_window_bits: _, ...other } = accepted
        const [answer] = parseExtensions(answerTo(header) ?? "") ?? []
        expect(Object.fromEntries(answer?.params ?? [])).toEqual(
          Object.fromEntries(Object.entries(other).map(([name, bits]) => [name, bits === true ? true : String(bits)])),
        )
      }),
    )
  })
})

test("RFC 7692 section 5.1: of any offers the first that is legal is answered, and where there is none, none is", () => {
  const param = fc.tuple(
    fc.constantFrom(...takeover.flat().map(([name]) => name), "server_max_window_bits", "client_max_window_bits", "x"),
    fc.constantFrom(true as const, "7", "8", "9", "15", "16", "09"),
  )
  const offers = fc.array(fc.array(param, { maxLength: 3 }), { minLength: 1, maxLength: 4 })
  const key = (offer: readonly OfferParam[]): string =>
    headerOf([offer.toSorted(([one], [other]) => (one < other ? -1 : 1))])
  const meetable = new Set(meetableOffers.map(key))
  let answered = 0
  fc.assert(
    fc.property(offers, (given) => {
      const first = given.find((offer) => meetable.has(key(offer)))
      const answer = answerTo(headerOf(given))
      expect(answer === undefined).toBe(first === undefined)
      if (first === undefined || answer === undefined) return
      expect(readDeflateAnswer([first], answer).serverBits).toBe(Number(askedWindow(first) ?? 15))
      answered++
    }),
    { numRuns: 1_000 },
  )
  expect(answered).toBeGreaterThan(100)
})
