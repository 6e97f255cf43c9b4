import { defineModule, ToniFactory } from "toni"
import { NodeHttpAdapter } from "toni/node"
import { afterAll, beforeAll, expect, test } from "vitest"
import { tableUnder } from "./page.ts"
import { connect } from "./peer.ts"
import { printed } from "./printed.ts"
import { runSnippet, type RunningSnippet } from "./support/run.ts"

let server: RunningSnippet
beforeAll(async () => {
  server = await runSnippet("limits/main")
})
afterAll(() => server[Symbol.asyncDispose]())

const at = (path: string) => `ws://127.0.0.1:${server.port}${path}`
const metrics = async () => {
  const answer = await fetch(`http://127.0.0.1:${server.port}/`)
  return (await answer.json()) as { connections: number; pendingBytes: number; discarded: number; slow: number }
}

const pendingBytes = async () => (await metrics()).pendingBytes

/** As the guide writes it. */
function inWords(name: string, value: unknown): string {
  if (value === undefined || value === Infinity) return '"unlimited"'
  if (typeof value !== "number") return JSON.stringify(value)
  if (value === 1_048_576) return "1 MiB"
  if (/timeout$|interval$/i.test(name)) return `${value / 1_000} s`
  return value.toLocaleString("en")
}

test("the guide lists every option with its default", async () => {
  class PlainGateway {
    readonly path = "/"
    onMessage() {}
  }
  const module = defineModule({ name: "AppModule", providers: [PlainGateway] })
  const app = await ToniFactory.create(module, new NodeHttpAdapter())
  const [{ options }] = app.gateways as [(typeof app.gateways)[number]]
  const { inbox, heartbeat, ...flat } = options
  const all = {
    ...flat,
    "inbox.messages": inbox.messages,
    "inbox.bytes": inbox.bytes,
    "heartbeat.interval": heartbeat.interval,
    "heartbeat.timeout": heartbeat.timeout,
  }
  const defaults = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, inWords(name, value)]))
  const rows = ["What comes in", "What goes out", "Who connects", "Time"].flatMap((part) =>
    tableUnder("limits.md", `### ${part}`),
  )
  expect(Object.fromEntries(rows)).toEqual(defaults)
})

test("a gateway's own options go before the application's, and can be read", async () => {
  await printed(
    server,
    "/upload takes 8388608 bytes from Infinity clients\n/numbers takes 1048576 bytes from 10000 clients\n",
  )
})

test("a message over maxPayload closes with 1009", async () => {
  await using peer = await connect(at("/upload"))
  peer.socket.send(new Uint8Array(8 * 1024 * 1024 + 1))
  expect(await peer.closed).toMatchObject({ code: 1009 })
})

test("a message of exactly maxPayload is welcome", async () => {
  await using peer = await connect(at("/upload"))
  peer.socket.send(new Uint8Array(8 * 1024 * 1024))
  expect(await peer.next()).toBe("8388608 bytes")
})

test("more messages than the rate limit allows close with 1008", async () => {
  await using peer = await connect(at("/upload"))
  for (let count = 0; count < 100; count++) peer.socket.send("hello")
  expect(await peer.closed).toEqual({ code: 1008, reason: "rate limit" })
})

test("a loop that awaits send keeps little in memory while the client does not read", async () => {
  await using peer = await connect(at("/numbers"))
  peer.socket.pause()
  peer.socket.send("100000")
  await expect.poll(pendingBytes, { timeout: 20_000 }).toBeGreaterThan(200_000)
  expect(await pendingBytes()).toBeLessThan(300_000)
})

test("a loop that awaits send gets everything to a slow client", async () => {
  await using peer = await connect(at("/numbers"))
  peer.socket.pause()
  peer.socket.send("20000")
  await expect.poll(pendingBytes, { timeout: 20_000 }).toBeGreaterThan(200_000)
  peer.socket.resume()
  let last: unknown
  for (let count = 0; count < 20_000; count++) last = await peer.next()
  expect(Number(last)).toBe(20_000)
})

test("a client for which more waits than maxBackpressure is closed with 1013", async () => {
  await using peer = await connect(at("/strict"))
  peer.socket.send("all pictures, please")
  expect(await peer.closed).toEqual({ code: 1013, reason: "slow consumer" })
})

test("with drop the client stays, and send says what was not taken", async () => {
  await using peer = await connect(at("/ticker"))
  peer.socket.send("all pictures, please")
  let pictures = 0
  let message = await peer.next()
  for (; typeof message !== "string"; message = await peer.next()) pictures++
  expect(message).toBe(`${pictures} of 1000 pictures are on their way`)
})

test("a volatile message reaches who has room for it", async () => {
  await using ann = await connect(at("/pointer"))
  await using ben = await connect(at("/pointer"))
  ann.socket.send("1,2")
  expect(await ben.next()).toBe("1,2")
})
