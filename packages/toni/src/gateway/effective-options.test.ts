import fc from "fast-check"
import { expect, test } from "vitest"
import { assertOptions, effectiveOptions } from "./effective-options.ts"
import { readOptions } from "./option-checks.ts"

const optionMistakes = (options: unknown) => readOptions(options).mistakes.map(({ what }) => what)
const mistakes = (name: string, value: unknown) => optionMistakes({ [name]: value })
/** Which of the values are not refused, in one sentence. */
const accepted = (name: string, values: readonly unknown[]) =>
  values.filter((value) => mistakes(name, value).length !== 1)

test("G20a the defaults are those of the rules", () => {
  expect(effectiveOptions({})).toEqual({
    origins: "same-origin",
    trustProxy: false,
    protocols: [],
    maxPayload: 1_048_576,
    maxFragments: 4_096,
    maxBackpressure: 1_048_576,
    slowConsumer: "close",
    maxConnections: Infinity,
    maxConnectionsPerAddress: Infinity,
    maxTopics: 128,
    rateLimit: undefined,
    compression: false,
    concurrency: 1,
    inbox: { messages: 64, bytes: 1_048_576 },
    heartbeat: { interval: 30_000, timeout: 10_000 },
    handshakeTimeout: 10_000,
    connectTimeout: 10_000,
    settleTimeout: 10_000,
    closeTimeout: 5_000,
    stallTimeout: 30_000,
  })
})

const limits = [
  "maxPayload",
  "maxFragments",
  "maxBackpressure",
  "maxConnections",
  "maxConnectionsPerAddress",
  "maxTopics",
]
const durations = ["handshakeTimeout", "connectTimeout", "settleTimeout", "closeTimeout", "stallTimeout"]

test.each(limits)('G20a %s takes a positive whole number or "unlimited"', (name) => {
  expect([1, 4_096, Number.MAX_SAFE_INTEGER, "unlimited", undefined].flatMap((value) => mistakes(name, value))).toEqual(
    [],
  )
  expect(
    accepted(name, [0, -1, 1.5, Number.NaN, Infinity, "1", "none", true, false, null, {}, [1], 1n, 2 ** 53]),
  ).toEqual([])
})

test.each(limits)('G20a %s "unlimited" is Infinity in force', (name) => {
  expect(effectiveOptions({ [name]: "unlimited" })).toHaveProperty(name, Infinity)
})

test.each(durations)("G20a %s takes milliseconds that a timer can count", (name) => {
  expect([1, 0.5, 2 ** 31 - 1, undefined].flatMap((value) => mistakes(name, value))).toEqual([])
  expect(accepted(name, [0, -1, Number.NaN, Infinity, 2 ** 31, "unlimited", "1s", null, {}, 1n])).toEqual([])
  expect(effectiveOptions({ [name]: 7 })).toHaveProperty(name, 7)
})

test("G12a concurrency takes a positive whole number", () => {
  expect(mistakes("concurrency", 8)).toEqual([])
  expect(accepted("concurrency", [0, 1.5, "unlimited", Infinity])).toEqual([])
})

test("G20a rateLimit takes messages and per, and burst if wanted", () => {
  const good = ["unlimited", { messages: 10, per: 1_000 }, { messages: 10, per: 1_000, burst: 50 }]
  const incomplete = [{}, [], { messages: 10 }, { per: 1_000 }]
  const zero = [0, { messages: 0, per: 1_000 }, { messages: 10, per: 0 }, { messages: 10, per: 1_000, burst: 0 }]
  const misspelt = [10, null, { messages: 10, per: "1s" }, { messages: 10, per: 1_000, bursts: 5 }]
  expect(good.flatMap((value) => mistakes("rateLimit", value))).toEqual([])
  expect(accepted("rateLimit", [...incomplete, ...zero, ...misspelt])).toEqual([])
})

test("G20a burst is messages unless it is given", () => {
  const rate = { messages: 10, per: 1_000 }
  expect(effectiveOptions({ rateLimit: rate }).rateLimit).toEqual({ ...rate, burst: 10 })
  expect(effectiveOptions({ rateLimit: { ...rate, burst: 5 } }).rateLimit).toEqual({ ...rate, burst: 5 })
})

test("G20b heartbeat takes an interval and a timeout, each if wanted, or none of it", () => {
  const good = ["unlimited", {}, { interval: 5 }, { timeout: 5 }, { interval: 5, timeout: 5 }]
  const bad = [0, 30_000, null, { interval: 0 }, { timeout: 0 }, { intervall: 5 }, { interval: "unlimited" }]
  expect(good.flatMap((value) => mistakes("heartbeat", value))).toEqual([])
  expect(accepted("heartbeat", bad)).toEqual([])
  expect(effectiveOptions({ heartbeat: "unlimited" }).heartbeat).toEqual({ interval: Infinity, timeout: Infinity })
})

test("G12c inbox takes messages and bytes, each if wanted", () => {
  expect([{}, { messages: 1 }, { bytes: 1 }].flatMap((value) => mistakes("inbox", value))).toEqual([])
  expect(accepted("inbox", [0, "unlimited", { messages: 0 }, { bytes: -1 }, { message: 1 }])).toEqual([])
})

test.each<[string, unknown[], unknown[]]>([
  ["slowConsumer", ["close", "drop"], ["Close", "", true, 0, null]],
  ["compression", [false, true, {}, { threshold: 10 }], [0, null, "on", { threshold: 0 }, { level: 9 }]],
  ["protocols", [[], ["a"], ["a", "toni"]], ["a", [""], ["a b"], [1], ["é"], {}, null]],
  ["origins", ["any", "same-origin", ["https://a.com"]], ["*", 0, null]],
  ["trustProxy", [false, 1, ["::1"]], [true, 0, []]],
])("G20a %s takes %j and refuses %j", (name, good, bad) => {
  expect(good.flatMap((value) => mistakes(name, value))).toEqual([])
  expect(accepted(name, bad)).toEqual([])
})

test("G20a a subprotocol that would be read as a credential cannot be spoken", () => {
  expect(mistakes("protocols", ["toni.bearer.x"])).toHaveLength(1)
})

test.each(["toString", "__proto__x", "constructor", "timeout"])(
  "G20a %s is refused as unknown, with the list of options that there are",
  (name) => {
    const [mistake] = readOptions({ [name]: 5 }).mistakes
    expect(mistake?.what).toContain(name)
    for (const option of Object.keys(effectiveOptions({}))) expect(mistake?.fix).toContain(option)
  },
)

test.each([[null], [5], ["x"], [[]], [[1]], [() => true]])("G20a options that are %j are refused", (options) => {
  expect(optionMistakes(options)).toEqual([expect.stringContaining("options is")])
  expect(() => assertOptions(options)).toThrow(expect.objectContaining({ code: "TONI_BAD_OPTION" }))
})

test("G20a every mistake is named, with what was given", () => {
  expect(optionMistakes({ maxPayload: 0, maxTopics: -1, concurrency: 2 })).toMatchObject([
    expect.stringMatching(/maxPayload.*got 0/),
    expect.stringMatching(/maxTopics.*got -1/),
  ])
  expect(mistakes("maxPayload", Number.NaN)[0]).toContain("NaN")
  expect(mistakes("maxPayload", Infinity)[0]).toContain("Infinity")
})

test("G20a whatever the value, the answer is a sentence and not a throw", () => {
  const circular: Record<string, unknown> = {}
  circular["self"] = circular
  const value = fc.oneof(
    fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true }),
    fc.constantFrom(circular, Symbol("x"), noop),
  )
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(effectiveOptions({}))), value, (name, given) => {
      for (const mistake of mistakes(name, given)) expect(mistake).toContain(name)
    }),
    { numRuns: 1_000 },
  )
})

test("G20a in a call the mistakes are thrown together", () => {
  expect(() => assertOptions({ maxPayload: 0, maxTopics: 0 })).toThrow(
    expect.objectContaining({ code: "TONI_BAD_OPTION", message: expect.stringMatching(/maxPayload.*maxTopics/) }),
  )
  expect(assertOptions({ maxPayload: 1 })).toEqual({ maxPayload: 1 })
})

test("G20d a gateway's options go before the application's, and those before the defaults", () => {
  const application = { maxPayload: 10, maxTopics: 10, origins: "any" } as const
  const options = effectiveOptions(application, { maxPayload: 20, maxTopics: undefined as never })
  expect(options).toMatchObject({ maxPayload: 20, maxTopics: 10, origins: "any", maxFragments: 4_096 })
})

test("G20d of heartbeat and inbox each field is decided for itself", () => {
  const options = effectiveOptions(
    { heartbeat: { interval: 5, timeout: 6 }, inbox: { messages: 7 } },
    { heartbeat: { timeout: 8 }, inbox: { bytes: 9 } },
  )
  expect(options).toMatchObject({ heartbeat: { interval: 5, timeout: 8 }, inbox: { messages: 7, bytes: 9 } })
})

test("G20d a heartbeat that the application lifted is back where a gateway says so, and the other way round", () => {
  expect(effectiveOptions({ heartbeat: "unlimited" }, { heartbeat: { timeout: 8 } }).heartbeat).toEqual({
    interval: 30_000,
    timeout: 8,
  })
  expect(effectiveOptions({ heartbeat: { timeout: 8 } }, { heartbeat: "unlimited" }).heartbeat).toEqual({
    interval: Infinity,
    timeout: Infinity,
  })
})

test("G20d a gateway lifts a limit of the application", () => {
  expect(effectiveOptions({ rateLimit: { messages: 1, per: 1 } }, { rateLimit: "unlimited" }).rateLimit).toBeUndefined()
  expect(effectiveOptions({ maxPayload: 10 }, { maxPayload: "unlimited" }).maxPayload).toBe(Infinity)
})

test("G20d the options in force cannot be changed, and do not change with what they were made from", () => {
  const protocols = ["a"]
  const options = effectiveOptions({ protocols })
  protocols.push("b")
  expect(options.protocols).toEqual(["a"])
  expect([options, options.protocols, options.inbox, options.heartbeat].map(Object.isFrozen)).toEqual([
    true,
    true,
    true,
    true,
  ])
})

function noop(): void {}
