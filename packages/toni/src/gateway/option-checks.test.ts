import { expect, test } from "vitest"
import { readOptions } from "./option-checks.ts"

const fixOf = (options: unknown) => readOptions(options).mistakes.map(({ fix }) => fix)

test.each<[string, object, string]>([
  ["a name that is one letter off", { maxPayloads: 5 }, "Write maxPayload."],
  ["a name in another case", { Origins: "any" }, "Write origins."],
  ["two letters that changed places", { maxTopcis: 5 }, "Write maxTopics."],
  ["a field that is one letter off", { heartbeat: { intervall: 5 } }, "Write interval."],
  ["a field that there is not", { compression: { level: 9 } }, "Remove level."],
  ["a number in quotes", { maxPayload: "4096" }, "Write 4096, without quotes."],
  ["what is no number", { closeTimeout: Number("") / 0 }, "NaN comes from"],
  ["zero", { maxTopics: 0 }, '"unlimited"'],
  ["a count without a limit", { concurrency: "unlimited" }, "from 1 on"],
  ["a time in words", { handshakeTimeout: "10s" }, "10_000 is ten seconds"],
  ["an object that is none", { rateLimit: 10 }, 'Write "unlimited" or { messages, per, burst }.'],
  ["a list where there are fields", { inbox: [5] }, "Write { messages, bytes }."],
  ["null where there are fields", { inbox: null }, "Write { messages, bytes }."],
  ["a time within an object", { rateLimit: { messages: 1, per: "1s" } }, "milliseconds"],
  ["another word", { slowConsumer: "kick" }, '"drop"'],
  ["a flag that is no number of proxies", { trustProxy: true }, "anybody could name any address"],
  ["a proxy by name", { trustProxy: ["10.0.0.1", "localhost"] }, "Item 2"],
  ["no proxy in a list", { trustProxy: [] }, "Write false"],
  ["one subprotocol", { protocols: "chat" }, '["chat.v2", "chat.v1"]'],
])("G20a %s gets the fix for it", (_, options, fix) => {
  expect(fixOf(options)).toEqual([expect.stringContaining(fix)])
})

test("G20a an option that cannot be read is a mistake like another, and the rest is read", () => {
  const options = {
    get maxPayload() {
      throw new Error("the vault is closed")
    },
    inbox: {
      get bytes() {
        throw new Error("closed too")
      },
    },
    maxTopics: 3,
  }
  const { mistakes, options: read } = readOptions(options)
  expect(mistakes.map(({ what }) => what)).toEqual([
    "maxPayload cannot be read: Error: the vault is closed",
    "inbox cannot be read: Error: closed too",
  ])
  expect(read).toEqual({ maxTopics: 3 })
})

test("G20a options that list nothing, because they are a proxy that throws, are a mistake", () => {
  const hidden = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error("hidden")
      },
    },
  )
  expect(readOptions(hidden).mistakes).toHaveLength(1)
})

test("G20a a getter is read once: what was checked is what counts", () => {
  let reads = 0
  const options = {
    get maxTopics() {
      reads++
      return reads === 1 ? 5 : -1
    },
  }
  expect(readOptions(options).options).toEqual({ maxTopics: 5 })
})

test("G20d what is read does not change with the lists and objects that it came from", () => {
  const origins = ["https://a.com"]
  const inbox = { messages: 5 }
  const { options } = readOptions({ origins, inbox })
  origins.push("https://evil.com")
  inbox.messages = -1
  expect(options).toEqual({ origins: ["https://a.com"], inbox: { messages: 5 } })
})
