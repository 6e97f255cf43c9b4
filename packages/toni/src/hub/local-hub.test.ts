import { expect, test } from "vitest"
import type { HostedConnection } from "../connection/connection-host.ts"
import { WsMessage } from "../message/ws-message.ts"
import { TestClock } from "../testing/test-clock.ts"
import { fanOut, LocalHub } from "./local-hub.ts"

interface Follower extends HostedConnection {
  readonly got: readonly string[]
  isGone: boolean
}

let count = 0

/** As much of a connection as a hub sees of it. */
function follower(maxTopics = 128): Follower {
  const got: string[] = []
  const offer = (message: WsMessage): boolean => got.push(message.asText() ?? "?") > 0
  return { id: `c-${++count}`, gateway: "G", maxTopics, isGone: false, followed: undefined, got, offer } as never
}

function hubOf(...followers: readonly Follower[]): LocalHub {
  const hub = new LocalHub({ clock: new TestClock(), unheard: () => undefined })
  for (const each of followers) hub.opened(each)
  return hub
}

test("H5 a client at maxTopics may subscribe again to what it follows, and not to more", async () => {
  const client = follower(2)
  const hub = hubOf(client)
  await hub.subscribe(client, "one")
  await hub.subscribe(client, "two")
  await hub.subscribe(client, "one")
  await expect(hub.subscribe(client, "three")).rejects.toMatchObject({ code: "TONI_TOO_MANY_TOPICS" })
  expect([...(client.followed ?? [])]).toEqual(["one", "two"])
  await hub.unsubscribe(client, "two")
  await hub.subscribe(client, "three")
  expect([...(client.followed ?? [])]).toEqual(["one", "three"])
})

test("H5 a topic has from 1 to 1,024 characters", async () => {
  const client = follower()
  const hub = hubOf(client)
  await hub.subscribe(client, "x".repeat(1_024))
  await hub.subscribe(client, "x")
  expect(hub.size.topics).toBe(2)
  for (const topic of ["", "x".repeat(1_025)]) {
    expect(() => hub.subscribe(client, topic)).toThrow(/TONI_BAD_ARGUMENT/)
    expect(() => hub.unsubscribe(client, topic)).toThrow(/TONI_BAD_ARGUMENT/)
    expect(() => hub.followersOf(topic)).toThrow(/TONI_BAD_ARGUMENT/)
    expect(() => hub.publish(topic, WsMessage.text("hi"), client, undefined)).toThrow(/TONI_BAD_ARGUMENT/)
  }
})

test("H5 who is gone is kept nowhere, and is found neither by its id nor by its topics", async () => {
  const [stays, goes] = [follower(), follower()]
  const hub = hubOf(stays, goes)
  for (const client of [stays, goes]) await hub.subscribe(client, "all")
  await hub.subscribe(goes, "its own")
  expect(hub.size).toEqual({ clients: 2, topics: 2 })
  goes.isGone = true
  hub.gone(goes)
  expect(hub.size).toEqual({ clients: 1, topics: 1 })
  expect(hub.client(goes.id)).toBeUndefined()
  expect(hub.audience({ client: goes.id })).toEqual([])
  expect(hub.audience({ topic: "all" })).toEqual([stays])
  stays.isGone = true
  hub.gone(stays)
  expect(hub.size).toEqual({ clients: 0, topics: 0 })
})

test("G14 who is gone follows nothing new, loses nothing, and still says what it followed", async () => {
  const client = follower()
  const hub = hubOf(client)
  await hub.subscribe(client, "all")
  client.isGone = true
  hub.gone(client)
  await hub.subscribe(client, "more")
  await hub.unsubscribe(client, "all")
  expect([...(client.followed ?? [])]).toEqual(["all"])
  expect(hub.size).toEqual({ clients: 0, topics: 0 })
})

test("H5 who follows nothing may stop following: nothing happens", async () => {
  const client = follower()
  const hub = hubOf(client)
  await hub.unsubscribe(client, "all")
  expect([client.followed, hub.size.topics]).toEqual([undefined, 0])
})

test("H5 many are subscribed all together, or none of them", async () => {
  const [roomy, full] = [follower(), follower(1)]
  const hub = hubOf(roomy, full)
  await hub.subscribe(full, "all")
  await expect(hub.subscribeAll([roomy, full], "news")).rejects.toMatchObject({ code: "TONI_TOO_MANY_TOPICS" })
  expect(hub.followersOf("news").size).toBe(0)
  await hub.subscribeAll([roomy, full], "all")
  expect(hub.followersOf("all").size).toBe(2)
})

test("H2 a client's publish reaches the other followers of the topic, and nobody else", async () => {
  const [sender, other, stranger] = [follower(), follower(), follower()]
  const hub = hubOf(sender, other, stranger)
  for (const client of [sender, other]) await hub.subscribe(client, "all")
  await hub.publish("all", WsMessage.text("hi"), sender, undefined)
  await hub.publish("nobody follows this", WsMessage.text("hi"), sender, undefined)
  expect([sender, other, stranger].map(({ got }) => got)).toEqual([[], ["hi"], []])
})

test("H2 what goes to many leaves out whom it is told to", () => {
  const [one, two, three] = [follower(), follower(), follower()]
  const hub = hubOf(one, two, three)
  fanOut(hub.clients(), WsMessage.text("hi"), { except: [one, three] })
  fanOut(hub.clients(), WsMessage.text("ho"), { except: two })
  expect([one, two, three].map(({ got }) => got)).toEqual([["ho"], ["hi"], ["ho"]])
})

test("H5 an audience is as it was when it was asked for, whoever leaves the topic meanwhile", async () => {
  const clients = [follower(), follower(), follower()]
  const hub = hubOf(...clients)
  for (const client of clients) await hub.subscribe(client, "all")
  const audience = hub.audience({ topic: "all" })
  for (const client of audience) await hub.unsubscribe(client, "all")
  expect(audience).toEqual(clients)
  expect(hub.size.topics).toBe(0)
})
