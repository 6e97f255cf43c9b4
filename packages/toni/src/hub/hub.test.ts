import fc from "fast-check"
import { expect, test, vi } from "vitest"
import type { WsClient } from "../connection/ws-client.ts"
import { defineModule } from "../module/module-definition.ts"
import { testApp } from "../testing/test-app.ts"
import { Hub } from "./hub.ts"
import { TopicIndex } from "./topic-index.ts"

class Crowd {
  readonly path = "/crowd"
  onConnect(client: WsClient): Promise<void> {
    return client.subscribe("all")
  }
  onMessage(): void {}
}

const CrowdModule = defineModule({ name: "CrowdModule", providers: [Crowd] })

test("H2 H5 ten thousand followers of one topic each get each message once, and leave nothing behind", async () => {
  await using app = await testApp(CrowdModule)
  const hub = app.get(Hub)
  const clients = await Promise.all(Array.from({ length: 10_000 }, () => app.connectRaw("/crowd")))
  expect(await hub.count("all")).toBe(10_000)
  await hub.publish("all", "first")
  await hub.publish("all", "second")
  const received = await Promise.all(clients.map(async (client) => [await client.nextText(), await client.nextText()]))
  expect(new Set(received.map(String))).toEqual(new Set(["first,second"]))
  expect(clients.every(({ pending }) => pending === 0)).toBe(true)
  for (const client of clients) void client.close(1000)
  await Promise.all(clients.map((client) => client.closed))
  expect([await hub.count("all"), app.app.metrics().connections]).toEqual([0, 0])
})

test("H4 a text is encoded once, however many follow", async () => {
  await using app = await testApp(CrowdModule)
  const clients = await Promise.all(Array.from({ length: 50 }, () => app.connectRaw("/crowd")))
  const encode = vi.spyOn(TextEncoder.prototype, "encode")
  await app.get(Hub).publish("all", "grüße")
  await Promise.all(clients.map((client) => client.nextMessage()))
  expect(encode).toHaveBeenCalledTimes(1)
  encode.mockRestore()
})

test("H5 the index never keeps a topic that nobody follows", () => {
  const step = fc.record({ follow: fc.boolean(), topic: fc.constantFrom("a", "b", "c"), who: fc.nat(3) })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const people = [{ n: 0 }, { n: 1 }, { n: 2 }, { n: 3 }]
      const index = new TopicIndex<object>()
      const model = new Set<string>()
      for (const { follow, topic, who } of steps) {
        index[follow ? "add" : "delete"](topic, people[who] as object)
        model[follow ? "add" : "delete"](`${topic}${who}`)
      }
      expect(index.size).toBe(new Set([...model].map(([topic]) => topic)).size)
      for (const topic of ["a", "b", "c"]) {
        expect(index.followersOf(topic)?.size ?? 0).toBe([...model].filter((each) => each.startsWith(topic)).length)
      }
    }),
  )
  expect(new TopicIndex().size).toBe(0)
})

const wrongTopics = { empty: "", "too long": "x".repeat(1_025), "no string": 7 as unknown as string }

test.each(Object.entries(wrongTopics))("a topic that is %s is refused at the call", async (_what, topic) => {
  await using app = await testApp(CrowdModule)
  expect(() => app.get(Hub).publish(topic, "hi")).toThrow(/TONI_BAD_ARGUMENT/)
  expect(() => app.get(Hub).subscribe({ topic: "all" }, topic)).toThrow(/TONI_BAD_ARGUMENT/)
})

test("H5 moving followers into a topic that one of them has no room for moves none of them", async () => {
  await using app = await testApp(CrowdModule, { defaults: { maxTopics: 2 } })
  const hub = app.get(Hub)
  await Promise.all([app.connectRaw("/crowd"), app.connectRaw("/crowd")])
  const [, second] = await hub.followers("all")
  await hub.subscribe({ client: second?.id ?? "" }, "vip")
  expect(() => hub.subscribe({ topic: "all" }, "news")).toThrow(/TONI_TOO_MANY_TOPICS/)
  expect(await hub.count("news")).toBe(0)
})
