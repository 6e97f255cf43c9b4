import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import {
  createServer as createPlainServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http"
import {
  connect as connectHttp2,
  createSecureServer,
  type ClientHttp2Session,
  type ServerHttp2Session,
} from "node:http2"
import { Agent, createServer, get } from "node:https"
import { connect, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connect as connectTls } from "node:tls"
import { afterEach, expect, onTestFinished, test, vi } from "vitest"
import type { ListenSettings, ListenTarget } from "../http-adapter.ts"
import type { NodeServer } from "../node-upgrade/node-server.ts"
import { heldBytes } from "./held-bytes.ts"
import { NodeHttpAdapter } from "./node-http-adapter.ts"
import { NodeWebSocketAdapter } from "./node-websocket-adapter.ts"

// What Node tells of connections differs over TLS and with HTTP/2: here both are closed (rule G21a).

afterEach(() => void vi.useRealTimers())

const pem = (name: string): string =>
  readFileSync(new URL(`../../../../../e2e/servers/fixtures/localhost.${name}.pem`, import.meta.url), "utf8")
const secret = { cert: pem("cert"), key: pem("key") }
const settings: ListenSettings = {
  headTimeout: 10_000,
  answerPlain: () => ({ status: 426, headers: {}, body: "" }),
  outOfFiles: () => undefined,
  failed: () => undefined,
}
const trusting = { ca: secret.cert, servername: "localhost" }
const request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
const loopback = { port: 0, host: "127.0.0.1" }
const never = new AbortController().signal

/** The adapter of a server, and the time by which it judges, in our hands. */
async function listening(server: NodeServer, target: ListenTarget = loopback) {
  const adapter = new NodeHttpAdapter(server)
  const { port, url } = await adapter.listen(target, settings)
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] })
  return { adapter, port, url }
}

/** A server over TLS whose responses wait for the test; `asked` resolves with each. */
function waiting(make: (listener: RequestListener) => NodeServer) {
  const server = make((_, response) => void response.write("first "))
  const asked = once(server, "request") as Promise<[IncomingMessage, ServerResponse]>
  return { server, asked: asked.then(([, response]) => response) }
}

async function text(stream: AsyncIterable<unknown>): Promise<string> {
  let received = ""
  for await (const chunk of stream) received += String(chunk)
  return received
}

test("G21a over TLS, close() lets a response in flight finish however long it takes, and ends its connection then", async () => {
  const { server, asked } = waiting((listener) => createServer(secret, listener))
  const { adapter, url } = await listening(server)
  const agent = new Agent({ ...trusting, keepAlive: true })
  const answer = once(get(url, { agent }), "response")
  const response = await asked
  const closing = adapter.close(never)
  vi.advanceTimersByTime(60_000)
  const [received] = await answer
  response.end("last")
  expect(await text(received)).toBe("first last")
  await closing
})

test("G21a over TLS and a Unix socket, close() lets responses in flight finish too", async () => {
  const folder = mkdtempSync(join(tmpdir(), "toni-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, "socket")
  const responses: ServerResponse[] = []
  const server = createServer(secret, (_, response) => {
    if (responses.push(response) === 2) server.emit("both")
  })
  const { adapter } = await listening(server, { path })
  const both = once(server, "both")
  const peers = [connectTls({ path, ...trusting }), connectTls({ path, ...trusting })]
  for (const peer of peers) peer.write(request)
  await both
  const closing = adapter.close(never)
  vi.advanceTimersByTime(60_000)
  for (const response of responses) response.end("last")
  for (const peer of peers) expect(await text(peer)).toMatch(/last/)
  await closing
})

test("G21a who leaves by itself while the server closes leaves no timer", async () => {
  const { adapter, port } = await listening(createPlainServer())
  const accepted = once(adapter.server, "connection")
  const peer = connect(port, "127.0.0.1")
  const [theirs] = (await accepted) as [Socket]
  const gone = once(theirs, "close")
  const closing = adapter.close(never)
  const before = vi.getTimerCount()
  peer.destroy()
  await gone
  expect([before, vi.getTimerCount()]).toEqual([1, 0])
  await closing
})

test("G21a who is secured while the server closes, and asks for nothing, is ended half a second later", async () => {
  const { adapter, port } = await listening(createServer(secret))
  const accepted = once(adapter.server, "connection")
  const peer = connect(port, "127.0.0.1")
  await accepted
  const closing = adapter.close(never)
  const secured = once(adapter.server, "secureConnection")
  const gone = once(connectTls({ socket: peer, ...trusting }).resume(), "close")
  const [theirs] = (await secured) as [Socket]
  vi.advanceTimersByTime(499)
  const early = theirs.writableEnded
  vi.advanceTimersByTime(1)
  expect([early, theirs.writableEnded]).toEqual([false, true])
  await Promise.all([gone, closing])
})

test("a connection that asks for h2c again and again is one connection", async () => {
  const server = createPlainServer((_, response) => response.end("plain"))
  const { adapter, port } = await listening(server)
  new NodeWebSocketAdapter().attach(server, { owns: () => true, upgrade() {}, failed() {} })
  const accepted = once(server, "connection")
  const peer = connect(port, "127.0.0.1")
  const [below] = (await accepted) as [Socket]
  const counts = []
  for (let round = 0; round < 3; round++) {
    peer.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
    await once(peer, "data")
    counts.push(below.listenerCount("close"))
  }
  expect(new Set(counts).size).toBe(1)
  await adapter.close(never)
})

test("G21a a connection that is never secured is ended half a second after it came, and not before", async () => {
  const { adapter, port } = await listening(createServer(secret))
  const accepted = once(adapter.server, "connection")
  const peer = connect(port, "127.0.0.1")
  const gone = once(peer.resume(), "close")
  const [below] = (await accepted) as [Socket]
  vi.advanceTimersByTime(200)
  const closing = adapter.close(never)
  vi.advanceTimersByTime(299)
  const early = below.writableEnded
  vi.advanceTimersByTime(1)
  expect([early, below.writableEnded]).toEqual([false, true])
  await Promise.all([gone, closing])
})

const http2 = (port: number): ClientHttp2Session => {
  const session = connectHttp2(`https://localhost:${port}`, { ca: secret.cert })
  onTestFinished(() => session.destroy())
  return session
}
const http2Server = (listener?: RequestListener): NodeServer =>
  createSecureServer({ ...secret, allowHTTP1: true }, listener as never)

/** What the server told of somebody who has come and gone, as far as it is still held. */
async function comeAndGone(server: NodeServer, event: string, come: () => { destroy(): unknown }) {
  const told = once(server, event)
  const peer = come()
  const [theirs] = (await told) as [Socket | ServerHttp2Session]
  const gone = once(theirs, "close")
  peer.destroy()
  await gone
  return new WeakRef(theirs)
}

test.each<[string, string, (port: number) => { destroy(): unknown }]>([
  ["is never secured", "connection", (port) => connect(port, "127.0.0.1")],
  ["speaks HTTP/2", "session", (port) => http2(port)],
])("who %s is held by nobody once it has gone", async (_, event, come) => {
  const { adapter, port } = await listening(http2Server())
  vi.useRealTimers()
  const theirs = await comeAndGone(adapter.server, event, () => come(port))
  await heldBytes()
  expect(theirs.deref() === undefined).toBe(true)
  await adapter.close(never)
})

test("G21a close() ends a kept connection that is idle at once", async () => {
  const { adapter, port } = await listening(createServer(secret, (_, response) => response.end("kept")))
  const peer = connectTls({ port, host: "127.0.0.1", ...trusting })
  peer.write(request)
  await once(peer, "data")
  const ended = text(peer)
  await adapter.close(never)
  expect(await ended).toBe("")
})

test("G21a close() ends idle sessions of HTTP/2, and lets responses of others finish however long they take", async () => {
  const { server, asked } = waiting(http2Server)
  const { adapter, port } = await listening(server)
  const idle = http2(port)
  await once(idle, "connect")
  const idleGone = once(idle, "close")
  const stream = http2(port).request({ ":path": "/" })
  const response = await asked
  const closing = adapter.close(never)
  await idleGone
  vi.advanceTimersByTime(60_000)
  response.end("last")
  expect(await text(stream)).toBe("first last")
  await closing
})

test("G21a close() cuts sessions of HTTP/2 when it is told to", async () => {
  const { server, asked } = waiting(http2Server)
  const { adapter, port } = await listening(server)
  const session = http2(port)
  const gone = once(session, "close")
  session.request({ ":path": "/" }).on("error", () => undefined)
  await asked
  await adapter.close(AbortSignal.abort())
  await gone
  expect(server.listening).toBe(false)
})

test("G21a a session of HTTP/2 that begins while the server closes ends at once", async () => {
  const { adapter, port } = await listening(http2Server())
  const accepted = once(adapter.server, "connection")
  const peer = connect(port, "127.0.0.1")
  await accepted
  const closing = adapter.close(never)
  const began = once(adapter.server, "session") as unknown as Promise<[ServerHttp2Session]>
  const session = connectHttp2(`https://localhost:${port}`, {
    createConnection: () => connectTls({ socket: peer, ...trusting, ALPNProtocols: ["h2"] }),
  })
  const [theirs] = await began
  expect(theirs.closed).toBe(true)
  session.close()
  await closing
})
