import { once } from "node:events"
import { defineModule } from "toni"
import { testApp } from "toni/testing"
import { afterAll, beforeAll, expect, test } from "vitest"
import { WebSocket } from "ws"
import { tableUnder } from "./page.ts"
import { connect, refusedBy } from "./peer.ts"
import { printed } from "./printed.ts"
import { SearchGateway } from "./snippets/gateways/clients.gateway.ts"
import { runSnippet, type RunningSnippet } from "./support/run.ts"

let server: RunningSnippet
beforeAll(async () => {
  server = await runSnippet("gateways/main")
})
afterAll(() => server[Symbol.asyncDispose]())

const at = (path: string) => `ws://127.0.0.1:${server.port}${path}`

const paths = tableUnder("gateways.md", "## Paths")

test.each(paths.filter(([, pattern]) => pattern !== "404"))("%s leads to %s", async (path, pattern, params) => {
  await using peer = await connect(at(path ?? ""))
  expect(await peer.next()).toBe(`${pattern} ${params}`)
})

test.each(paths.filter(([, pattern]) => pattern === "404"))("%s leads nowhere", async (path) => {
  expect(await refusedBy(at(path ?? ""))).toMatchObject({ status: 404 })
})

test("parameters are typed strings of the client", async () => {
  await using peer = await connect(at("/teams/red/rooms/7"))
  peer.socket.send("hello")
  expect(await peer.next()).toBe("red, 7: hello")
})

test("text, binary and JSON messages arrive as what they are, in order", async () => {
  await using peer = await connect(at("/samples"))
  const messages = [await peer.next(), await peer.next(), await peer.next(), await peer.next(), await peer.next()]
  expect(messages).toEqual(["hello", Buffer.of(0, 1, 2), '{"hello":"world"}', "hello", Buffer.of(0, 1, 2)])
})

test.each(["ping", "pong"])("a %s goes out as a control frame", async (frame) => {
  const socket = new WebSocket(at("/samples"))
  const [payload] = (await once(socket, frame)) as [Buffer]
  expect(payload).toHaveLength(0)
  socket.terminate()
})

test("a message knows its kind, and pings and pongs have bytes", async () => {
  await using peer = await connect(at("/samples"))
  for (let skipped = 0; skipped < 5; skipped++) await peer.next()
  expect(await peer.next()).toBe("1 pong")
})

test.each([
  ["hello", "text of 5 characters"],
  [Buffer.of(0, 1, 2), "binary of 3 bytes"],
])("%o is read as %s", async (message, answer) => {
  await using peer = await connect(at("/samples"))
  for (let skipped = 0; skipped < 6; skipped++) await peer.next()
  peer.socket.send(message)
  expect(await peer.next()).toBe(answer)
})

test("a ping never reaches onMessage, and is answered", async () => {
  await using peer = await connect(at("/count"))
  peer.socket.ping()
  await once(peer.socket, "pong")
  peer.socket.send("the first")
  expect(await peer.next()).toMatch(/^message 1 /)
})

test.each([
  ['{"a":1}', '{"received":{"a":1}}'],
  ["{", '{"error":"TONI_BAD_JSON"}'],
])("%s is answered with %s", async (message, answer) => {
  await using peer = await connect(at("/json"))
  peer.socket.send(message)
  expect(await peer.next()).toBe(answer)
})

test("metadata lives as long as the connection", async () => {
  await using peer = await connect(at("/count"))
  peer.socket.send("one")
  peer.socket.send("two")
  await peer.next()
  expect(await peer.next()).toMatch(/^message 2 of [0-9a-f]{12}-\w+$/)
})

test("the gateway closes with a code and a reason of its own", async () => {
  await using peer = await connect(at("/count"))
  for (const message of ["one", "two", "three"]) peer.socket.send(message)
  expect(await peer.closed).toEqual({ code: 4000, reason: "three are enough" })
})

test.each([
  ["/in-order", ["slow is done", "fast is done"]],
  ["/thumbnails", ["fast is done", "slow is done"]],
])("%s answers slow and fast as %o", async (path, answers) => {
  await using peer = await connect(at(path))
  peer.socket.send("slow")
  peer.socket.send("fast")
  expect([await peer.next(), await peer.next()]).toEqual(answers)
})

test("a handler that throws is reported, and the connection stays open", async () => {
  await using peer = await connect(at("/failing"))
  peer.socket.send("fail")
  peer.socket.send("and now?")
  expect(await peer.next()).toBe("still here")
})

test("onError is told the error, the phase, the gateway and the client", async () => {
  await using peer = await connect(at("/failing"))
  peer.socket.send("fail")
  await printed(server, /FailingGateway failed in message for [0-9a-f]{12}-\w+: Error: the database is away/)
})

test.each<[string, (socket: WebSocket) => void, string]>([
  ["closes", (socket) => socket.close(4123), "it closed with 4123"],
  ["closes without a code", (socket) => socket.close(), "it closed with 1005"],
  ["is closed", (socket) => socket.send("close me"), "we closed it with 4001"],
  ["sends too much", (socket) => socket.send("x".repeat(1025)), "it went over maxPayload"],
  ["vanishes", (socket) => socket.terminate(), "it is gone: lost"],
])("onDisconnect is told why when a client %s", async (_, leave, told) => {
  await using watcher = await connect(at("/departures"))
  await using peer = await connect(at("/departures"))
  watcher.socket.send("watch")
  watcher.socket.ping()
  await once(watcher.socket, "pong")
  leave(peer.socket)
  expect(await watcher.next()).toBe(told)
})

test("the signal of a client that leaves ends the work for it, and that is counted, not reported", async () => {
  await using app = await testApp(defineModule({ name: "Search", providers: [SearchGateway] }))
  const client = await app.connectRaw("/search")
  client.send("toni")
  await client.close()
  await app.clock.advance(0)
  expect([app.app.metrics().stopped, app.errors]).toEqual([1, []])
})
