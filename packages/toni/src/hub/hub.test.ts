import fc from "fast-check"
import { expect, test, vi } from "vitest"
import type { WsClient } from "../connection/ws-client.ts"
import { defineModule } from "../module/module-definition.ts"
import { testApp } from "../testing/test-app.ts"
import { Hub, type Follower } from "./hub.ts"
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

const untyped = (hub: Hub) => hub as unknown as Record<string, (...slots: readonly unknown[]) => unknown>
const client = { id: "nobody-1" }
const refuse = (): never => {
  throw new Error("not to be read")
}
const hostile = (): object => new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse, getPrototypeOf: refuse })

/** Calls with one argument of the wrong form, which nobody is there to notice otherwise. */
const wrongCalls: Readonly<Record<string, (hub: ReturnType<typeof untyped>) => unknown>> = {
  "publish to an empty topic": (hub) => hub["publish"]?.("", "hi"),
  "publish to a topic of 1,025 characters": (hub) => hub["publish"]?.("x".repeat(1_025), "hi"),
  "publish to a number": (hub) => hub["publish"]?.(7, "hi"),
  "publish what is no message": (hub) => hub["publish"]?.("all", { text: "hi" }),
  "publish with options that are none": (hub) => hub["publish"]?.("all", "hi", "volatile"),
  "publish with null for options": (hub) => hub["publish"]?.("all", "hi", null),
  "publish with volatile: 1": (hub) => hub["publish"]?.("all", "hi", { volatile: 1 }),
  "publish except ids": (hub) => hub["publish"]?.("all", "hi", { except: [client.id] }),
  "publish except an id": (hub) => hub["publish"]?.("all", "hi", { except: client.id }),
  "publish except nobody": (hub) => hub["publish"]?.("all", "hi", { except: [undefined] }),
  "publish except what throws": (hub) => hub["publish"]?.("all", "hi", { except: hostile() }),
  "publish with options that throw": (hub) => hub["publish"]?.("all", "hi", hostile()),
  "broadcast nothing": (hub) => hub["broadcast"]?.(),
  "broadcast except an id": (hub) => hub["broadcast"]?.("hi", { except: client.id }),
  "send to a number": (hub) => hub["send"]?.(7, "hi"),
  "send to a client": (hub) => hub["send"]?.(client, "hi"),
  "send nothing": (hub) => hub["send"]?.(client.id),
  "send with volatile: 1": (hub) => hub["send"]?.(client.id, "hi", { volatile: 1 }),
  "subscribe nobody": (hub) => hub["subscribe"]?.({}, "all"),
  "subscribe a client itself": (hub) => hub["subscribe"]?.(client, "all"),
  "subscribe to a number": (hub) => hub["subscribe"]?.({ topic: "all" }, 7),
  "subscribe null": (hub) => hub["subscribe"]?.(null, "all"),
  "subscribe a client and a topic": (hub) => hub["subscribe"]?.({ client: client.id, topic: "all" }, "news"),
  "subscribe what throws": (hub) => hub["subscribe"]?.(hostile(), "news"),
  "unsubscribe nobody": (hub) => hub["unsubscribe"]?.({}, "all"),
  "unsubscribe somebody who is not there from an empty topic": (hub) => hub["unsubscribe"]?.({ client: client.id }, ""),
  "disconnect by another name": (hub) => hub["disconnect"]?.({ clients: client.id }),
  "disconnect a number": (hub) => hub["disconnect"]?.({ client: 7 }),
  "disconnect with a reason that is no string": (hub) => hub["disconnect"]?.({ client: client.id }, 4000, 7),
  "followers of an empty topic": (hub) => hub["followers"]?.(""),
  "count of undefined": (hub) => hub["count"]?.(),
}

test.each(Object.keys(wrongCalls))("H5b an argument of the wrong form is refused at the call: %s", async (name) => {
  await using app = await testApp(CrowdModule)
  const hub = untyped(app.get(Hub))
  expect(() => wrongCalls[name]?.(hub)).toThrow(expect.objectContaining({ code: "TONI_BAD_ARGUMENT" }))
})

test("H5b a close code that nobody may send is refused, though nobody is there to be closed", async () => {
  await using app = await testApp(CrowdModule)
  const hub = app.get(Hub)
  expect(() => hub.disconnect({ client: client.id }, 1005)).toThrow(/TONI_BAD_CLOSE_CODE/)
})

test("H2 a publish leaves out one client, or many", async () => {
  await using app = await testApp(CrowdModule)
  const hub = app.get(Hub)
  const [first, second] = [await app.connectRaw("/crowd"), await app.connectRaw("/crowd")]
  const [one, two] = (await hub.followers("all")) as readonly [Follower, Follower]
  await hub.publish("all", "not the first", { except: one })
  await hub.broadcast("not the second", { except: new Set([two]) })
  await hub.publish("all", "nobody", { except: [one, two] })
  await hub.publish("all", "everybody", { except: [] })
  expect([await first.nextText(), await first.nextText()]).toEqual(["not the second", "everybody"])
  expect([await second.nextText(), await second.nextText()]).toEqual(["not the first", "everybody"])
})

test("H5b too many topics, and nobody awaits it: nothing is unhandled, and onError is told who it was", async () => {
  const unhandled: unknown[] = []
  const listener = (error: unknown): void => void unhandled.push(error)
  process.on("unhandledRejection", listener)
  class Careless extends Crowd {
    override async onConnect(client: WsClient): Promise<void> {
      await client.subscribe("all")
      void client.subscribe("one too many")
    }
  }
  const options = { defaults: { maxTopics: 1 } }
  await using app = await testApp(defineModule({ name: "M", providers: [Careless] }), options)
  const hub = app.get(Hub)
  await app.connectRaw("/crowd")
  await app.clock.advance(0)
  const [follower] = await hub.followers("all")
  void hub.subscribe({ topic: "all" }, "news")
  await app.clock.advance(0)
  process.off("unhandledRejection", listener)
  expect(unhandled).toEqual([])
  const report = { phase: "subscribe", gateway: "Careless", clientId: follower?.id }
  const error = expect.objectContaining({ code: "TONI_TOO_MANY_TOPICS" })
  expect(app.errors).toEqual([
    { ...report, error },
    { ...report, error },
  ])
  expect(app.app.metrics().errors).toEqual({ subscribe: 2 })
})

test("H5b too many topics in an onConnect that awaits it: reported once, with the hook that failed", async () => {
  class Greedy extends Crowd {
    override async onConnect(client: WsClient): Promise<void> {
      await client.subscribe("all")
      await client.subscribe("one too many")
    }
  }
  const options = { defaults: { maxTopics: 1 } }
  await using app = await testApp(defineModule({ name: "M", providers: [Greedy] }), options)
  const peer = await app.connectRaw("/crowd")
  expect((await peer.closed).code).toBe(1011)
  await app.clock.advance(0)
  expect(app.errors.map(({ phase }) => phase)).toEqual(["connect"])
})

test("H5 moving followers into a topic that one of them has no room for moves none of them", async () => {
  await using app = await testApp(CrowdModule, { defaults: { maxTopics: 2 } })
  const hub = app.get(Hub)
  await Promise.all([app.connectRaw("/crowd"), app.connectRaw("/crowd")])
  const [, second] = await hub.followers("all")
  await hub.subscribe({ client: second?.id ?? "" }, "vip")
  await expect(hub.subscribe({ topic: "all" }, "news")).rejects.toThrow(/TONI_TOO_MANY_TOPICS/)
  expect(await hub.count("news")).toBe(0)
})
