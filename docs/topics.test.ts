import { defineModule, ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { expect, test } from "vitest"
import { connect } from "./peer.ts"
import { Announcements, Position } from "./snippets/topics/announcements.ts"
import { RoomGateway } from "./snippets/topics/rooms.gateway.ts"
import { runSnippet } from "./support/run.ts"

const TestModule = defineModule({ name: "TestModule", providers: [RoomGateway, Announcements, Position] })

/** The guide's classes in this process, so that a test can call them. */
async function start() {
  const app = await ToniFactory.create(TestModule, new NodeHttpAdapter(), {
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
  app.useWebSocketAdapter(new NodeWebSocketAdapter())
  const { port } = await app.listen(0, "127.0.0.1")
  return {
    announcements: app.get(Announcements),
    position: app.get(Position),
    enter: (room: string) => connect(`ws://127.0.0.1:${port}/rooms/${room}`),
    [Symbol.asyncDispose]: async () => void (await app.close()),
  }
}

test("what a client publishes reaches the others, not itself", async () => {
  await using app = await start()
  await using ann = await app.enter("garden")
  await using ben = await app.enter("garden")
  ann.socket.send("one")
  await ben.next()
  ben.socket.send("two")
  expect(await ann.next()).toBe("two")
})

test("who has left can still publish in onDisconnect", async () => {
  await using app = await start()
  await using ann = await app.enter("garden")
  const ben = await app.enter("garden")
  ben.socket.close()
  expect(await ann.next()).toBe("somebody left")
})

test("the hub publishes from anywhere", async () => {
  await using app = await start()
  await using ann = await app.enter("garden")
  await app.announcements.toRoom("garden", "lunch")
  expect(await ann.next()).toBe("lunch")
})

test("a broadcast reaches everyone", async () => {
  await using app = await start()
  await using ann = await app.enter("garden")
  await using ben = await app.enter("kitchen")
  await app.announcements.toEveryone("fire")
  expect([await ann.next(), await ben.next()]).toEqual(["fire", "fire"])
})

test("the hub moves clients from topic to topic", async () => {
  await using app = await start()
  await using ann = await app.enter("garden")
  await app.announcements.move("garden", "kitchen")
  await app.announcements.toRoom("garden", "nobody hears this")
  await app.announcements.toRoom("kitchen", "welcome to the kitchen")
  expect(await ann.next()).toBe("welcome to the kitchen")
})

test("the hub counts who follows a topic", async () => {
  await using app = await start()
  await using _ann = await app.enter("garden")
  await using _ben = await app.enter("garden")
  expect(await app.announcements.count("garden")).toBe(2)
})

test("the hub closes all who follow a topic", async () => {
  await using app = await start()
  await using ann = await app.enter("garden")
  await app.announcements.closeRoom("garden")
  expect(await ann.closed).toEqual({ code: 4000, reason: "this room is closed" })
})

test("an exception is left out", async () => {
  await using app = await start()
  await using ann = await app.enter("map")
  await app.position.moved("1,2", { id: "somebody else" })
  expect(await ann.next()).toBe("1,2")
})

test("an HTTP request publishes", async () => {
  await using server = await runSnippet("topics/main")
  await using ann = await connect(`ws://127.0.0.1:${server.port}/rooms/garden`)
  await fetch(`http://127.0.0.1:${server.port}/garden`)
  expect(await ann.next()).toBe("somebody rang the bell")
})
