import { inspect } from "node:util"
import { expect, test } from "vitest"
import { Token } from "../di/token.ts"
import { Client } from "./client.ts"
import { accepted } from "./test/accepted.ts"
import type { WsClient } from "./ws-client.ts"

/** All that `WsClient` has; a member that is missing here, or too much, does not compile. */
const members: Record<keyof WsClient, true> = {
  id: true,
  path: true,
  params: true,
  protocol: true,
  remoteAddress: true,
  isOpen: true,
  bufferedAmount: true,
  signal: true,
  send: true,
  flushed: true,
  close: true,
  terminate: true,
  getMetadata: true,
  requireMetadata: true,
  setMetadata: true,
  extend: true,
  subscribe: true,
  unsubscribe: true,
  topics: true,
  publish: true,
}

/** What hooks are handed, one for each hook. */
function handed() {
  const clients: WsClient[] = []
  const keep = (client: WsClient): void => void clients.push(client)
  const { connection, socket, host, log } = accepted({ onConnect: keep, onMessage: keep, onDisconnect: keep })
  connection.open(socket)
  connection.message(Uint8Array.of(0x61), true)
  return { connection, clients, client: clients[0] as WsClient, host, log }
}

test("G14b a client has the members of WsClient and no others, whatever name one tries", () => {
  const { client } = handed()
  const names = new Set<PropertyKey>()
  for (let at: object = client; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const name of Reflect.ownKeys(at)) names.add(name)
  }
  names.delete("constructor")
  names.delete(Symbol.for("nodejs.util.inspect.custom"))
  expect(names).toEqual(new Set(Object.keys(members)))
  expect(client).toBeInstanceOf(Client)
})

test("G14b every hook is handed the same client, and what is written on it changes nothing of the connection", () => {
  const { connection, clients } = handed()
  const [client] = clients as [WsClient]
  expect(() => Object.assign(client, { id: "other" })).toThrow(TypeError)
  Object.assign(client, { closed: () => expect.fail("called"), seat: 7 })
  connection.closed({ reason: "" })
  expect(new Set(clients).size).toBe(1)
  expect(clients).toHaveLength(3)
  expect(connection.seat).toBe(0)
})

test("G14b printed, a client shows its id, its path and its topics", () => {
  const { connection, client } = handed()
  connection.followed = new Set(["news"])
  expect(inspect(client)).toBe("WsClient { id: '1', path: '/chat', topics: Set(1) { 'news' } }")
  expect(inspect({ nested: { client } }, { depth: 5 })).toContain("path: '/chat'")
})

test("a client says and does what its connection does", async () => {
  const { connection, client, host, log } = handed()
  const User = new Token<string>("User")
  client.setMetadata(User, "Ada")
  expect([client.getMetadata(User), client.requireMetadata(User)]).toEqual(["Ada", "Ada"])
  expect(client.signal).toBe(connection.signal)
  expect([client.id, client.path, client.params, client.protocol, client.remoteAddress]).toEqual([
    "1",
    "/chat",
    {},
    "",
    "::1",
  ])
  expect([client.isOpen, client.bufferedAmount, client.topics.size]).toEqual([true, 0, 0])
  expect(await client.send("hello")).toBe(true)
  await Promise.all([client.flushed(), client.subscribe("a"), client.unsubscribe("a"), client.publish("a", "hi")])
  client.extend(60_000)
  const closing = client.close(4000, "enough")
  client.terminate()
  expect(log).toEqual(["send text", "close 4000 enough", "terminate"])
  connection.closed({ reason: "" })
  await closing
  expect(host.counters.closes).toEqual({ server: 1 })
})

test("a client with which nothing was set has no metadata: it is undefined, or an error where it is required", () => {
  const { client } = handed()
  const User = new Token<string>("User")
  expect(client.getMetadata(User)).toBeUndefined()
  expect(() => client.requireMetadata(User)).toThrow(expect.objectContaining({ code: "TONI_NO_METADATA" }))
})
