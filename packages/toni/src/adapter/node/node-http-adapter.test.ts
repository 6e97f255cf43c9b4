import { once } from "node:events"
import type * as nodeFs from "node:fs"
import { mkdtempSync, rmSync } from "node:fs"
import {
  Agent,
  createServer,
  get,
  request,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http"
import { createSecureServer, createServer as createHttp2Server } from "node:http2"
import { connect, createServer as createNetServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, onTestFinished, test, vi } from "vitest"
import { WebSocket } from "ws"
import type { ListenSettings } from "../http-adapter.ts"
import type { AdapterSocket, PendingUpgrade } from "../websocket-adapter.ts"
import { assertReusePort } from "./binding.ts"
import { NodeHttpAdapter } from "./node-http-adapter.ts"
import { NodeWebSocketAdapter } from "./node-websocket-adapter.ts"

/** What opening a file fails with, if anything. */
const files = vi.hoisted(() => ({ error: "" }))
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof nodeFs>()
  const openSync: typeof fs.openSync = (...given) => {
    if (files.error !== "") throw Object.assign(new Error(files.error), { code: files.error })
    return fs.openSync(...given)
  }
  return { ...fs, openSync }
})

const failures: unknown[] = []
const settings: ListenSettings = {
  headTimeout: 10_000,
  answerPlain: (target) => ({ status: 426, headers: { "X-Ours": "1" }, body: `ours ${target}` }),
  outOfFiles: () => undefined,
  failed: (error) => void failures.push(error),
}
const loopback = { port: 0, host: "127.0.0.1" }
const never = new AbortController().signal

/** A server of ours, and a promise for each request that has come in. */
async function listening(handler: RequestListener = (_, response) => response.end("done")) {
  const adapter = new NodeHttpAdapter(handler)
  const { port, url } = await adapter.listen(loopback, settings)
  return { adapter, port, url, asked: () => once(adapter.server, "request") }
}

async function body(response: IncomingMessage): Promise<string> {
  let text = ""
  for await (const chunk of response) text += String(chunk)
  return text
}

test.each([
  ["has asked for nothing yet, as browsers do in advance", ""],
  ["has sent half a head", "GET / HTTP/1.1\r\n"],
])("G21a close() waits half a second at the most for a connection that %s", async (_, sent) => {
  const { adapter, port } = await listening()
  const accepted = once(adapter.server, "connection")
  const socket = connect(port, "127.0.0.1")
  const gone = once(socket.resume(), "close")
  socket.write(sent)
  const [theirs] = await accepted
  if (sent !== "") await once(theirs, "data")
  await adapter.close(never)
  expect(await gone).toEqual([false])
})

test("G21a close() leaves a connection that speaks WebSocket to those who have accepted it", async () => {
  const { adapter, port } = await listening()
  const refuse = new AbortController()
  const limits = { maxPayload: 1, maxFragments: 1 }
  const events = { message() {}, writable() {}, violation() {}, failed() {}, closed() {} }
  const opened = new Promise<AdapterSocket | undefined>((resolve) => {
    const upgrade = (pending: PendingUpgrade): void =>
      resolve(pending.accept({ protocol: undefined, headers: [], limits }, events))
    new NodeWebSocketAdapter().attach(adapter.server, { owns: () => true, upgrade, failed() {} })
  })
  const accepted = once(adapter.server, "connection")
  const peer = new WebSocket(`ws://127.0.0.1:${port}/`)
  await once(peer, "open")
  const [[below], webSocket] = await Promise.all([accepted, opened])
  refuse.abort()
  const closing = adapter.close(refuse.signal)
  expect([webSocket?.isOpen, below.destroyed, below.listenerCount("close")]).toEqual([true, false, 1])
  webSocket?.terminate()
  await closing
})

test("G21a close() ends a kept connection that is idle", async () => {
  const { adapter, url } = await listening()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const [response] = await once(get(url, { agent }), "response")
  const gone = once(response.socket, "close")
  await body(response)
  await adapter.close(never)
  expect(await gone).toEqual([false])
})

test("G21a close() lets a response in flight finish, and ends its connection then", async () => {
  let finish = (): void => undefined
  const { adapter, url, asked } = await listening((_, response) => {
    response.write("first ")
    finish = () => response.end("last")
  })
  const agent = new Agent({ keepAlive: true })
  const answer = once(get(url, { agent }), "response")
  await asked()
  const closing = adapter.close(never)
  const [response] = await answer
  expect(adapter.server.listening).toBe(false)
  finish()
  expect(await body(response)).toBe("first last")
  expect(await closing).toBeUndefined()
})

test("G21a of responses that were asked for on one connection, close() lets each finish", async () => {
  const responses: ServerResponse[] = []
  const { adapter, port } = await listening((_, response) => {
    responses.push(response)
    if (responses.length === 2) adapter.server.emit("both")
  })
  const both = once(adapter.server, "both")
  const socket = connect(port, "127.0.0.1")
  socket.write("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
  await both
  const closing = adapter.close(never)
  for (const [index, response] of responses.entries()) {
    const sent = once(response, "close")
    response.end(`answer to /${index + 1}`)
    await sent
  }
  let received = ""
  for await (const chunk of socket) received += String(chunk)
  await closing
  expect(received).toMatch(/answer to \/1[^]*answer to \/2$/)
})

test("G21a close() cuts a response that does not finish when it is told to", async () => {
  const { adapter, url, asked } = await listening((_, response) => void response.write("for ever"))
  const cut = new AbortController()
  const answer = once(get(url), "response")
  await asked()
  const [response] = await answer
  const broken = body(response).catch((error: Error) => error.message)
  const closing = adapter.close(cut.signal)
  cut.abort()
  await closing
  expect(await broken).toBe("aborted")
})

test("G21a close() that is told before it begins cuts at once", async () => {
  const { adapter, url, asked } = await listening(() => undefined)
  const answer = once(get(url), "response").catch((error: Error & { code: string }) => error.code)
  await asked()
  await adapter.close(AbortSignal.abort())
  expect(await answer).toBe("ECONNRESET")
})

test("G21b a server that was handed over and bound by us is given back without listeners of ours", async () => {
  const server = createServer()
  const before = server.eventNames().map((name) => server.listenerCount(name))
  const adapter = new NodeHttpAdapter(server)
  await adapter.listen(loopback, settings)
  await adapter.close(never)
  expect(server.eventNames().map((name) => server.listenerCount(name))).toEqual(before)
})

test("G20c the time for a head holds on servers that we create, and not on those handed over", async () => {
  const ours = await listening()
  const theirs = createServer()
  const { headersTimeout } = theirs
  const adapter = new NodeHttpAdapter(theirs)
  await adapter.listen(loopback, settings)
  expect([(ours.adapter.server as Server).headersTimeout, theirs.headersTimeout]).toEqual([10_000, headersTimeout])
  await Promise.all([ours.adapter.close(never), adapter.close(never)])
})

test("G5d plain requests are ours to answer only where nobody else answers them", async () => {
  const late = createServer()
  const adapters = [
    new NodeHttpAdapter(),
    new NodeHttpAdapter(createServer()),
    new NodeHttpAdapter((_, response) => response.end("own")),
    new NodeHttpAdapter(createServer((_, response) => response.end("handed"))),
    new NodeHttpAdapter(late),
  ]
  const answers = []
  for (const adapter of adapters) {
    const { url } = await adapter.listen(loopback, settings)
    if (adapter.server === late) late.on("request", (_, response) => response.end("came late"))
    const answer = await fetch(`${url}/x?y`)
    answers.push([answer.status, answer.headers.get("x-ours"), await answer.text()])
    await adapter.close(never)
  }
  expect(answers).toEqual([
    [426, "1", "ours /x?y"],
    [426, "1", "ours /x?y"],
    [200, null, "own"],
    [200, null, "handed"],
    [200, null, "came late"],
  ])
})

test("G21b on a server that listens already, nothing of ours is put but what answers requests", async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  onTestFinished(() => void server.close())
  const counts = (): unknown[] => server.eventNames().map((name) => [name, server.listenerCount(name)])
  const before = counts()
  const adapter = new NodeHttpAdapter(server)
  await adapter.listen(loopback, settings)
  expect(counts()).toEqual([...before, ["request", 1]])
  await adapter.close(never)
})

test("an adapter that never listened closes at once", async () => {
  expect(await new NodeHttpAdapter().close(never)).toBeUndefined()
})

test("G5d a bare server that listens already has its plain requests answered by us, and by nobody once we have gone", async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  onTestFinished(() => void server.close())
  const adapter = new NodeHttpAdapter(server)
  const { url } = await adapter.listen(loopback, settings)
  expect((await fetch(url)).status).toBe(426)
  await adapter.close(never)
  expect([server.listening, server.listenerCount("request")]).toEqual([true, 0])
})

test.each([
  ["127.0.0.1", "http://127.0.0.1:"],
  ["0.0.0.0", "http://localhost:"],
  [undefined, "http://localhost:"],
])("a server that is bound to %s can be opened at %s…", async (host, start) => {
  const adapter = new NodeHttpAdapter()
  const { port, url } = await adapter.listen({ port: 0, host }, settings)
  expect(url).toBe(`${start}${port}`)
  await adapter.close(never)
})

test("an adapter whose listen failed can listen elsewhere, and again after close()", async () => {
  const holder = createServer().listen(0, "127.0.0.1")
  await once(holder, "listening")
  onTestFinished(() => void holder.close())
  const { port } = holder.address() as { port: number }
  const adapter = new NodeHttpAdapter()
  await expect(adapter.listen({ port, host: "127.0.0.1" }, settings)).rejects.toMatchObject({ code: "EADDRINUSE" })
  for (const turn of ["second", "third"]) {
    const answerPlain = () => ({ status: 200, headers: {}, body: turn })
    const { url } = await adapter.listen(loopback, { ...settings, answerPlain })
    expect(await (await fetch(url)).text()).toBe(turn)
    await adapter.close(never)
  }
  expect(adapter.server.listenerCount("request")).toBe(0)
})

test("an adapter that serves an application refuses another one, and goes on serving the first", async () => {
  const { adapter, url } = await listening()
  await expect(adapter.listen(loopback, settings)).rejects.toMatchObject({ code: "TONI_LIFECYCLE" })
  expect(await (await fetch(url)).text()).toBe("done")
  await adapter.close(never)
  expect(adapter.server.listening).toBe(false)
})

test("G21a stopListening() lets nobody in any more, and serves the connections that exist", async () => {
  const { adapter, url, port } = await listening()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = async (): Promise<string> => body((await once(get(url, { agent }), "response"))[0])
  expect(await ask()).toBe("done")
  adapter.stopListening()
  const [refused] = await once(connect(port, "127.0.0.1"), "error")
  expect([refused.code, await ask(), await ask()]).toEqual(["ECONNREFUSED", "done", "done"])
  agent.destroy()
  await adapter.close(never)
})

test("G21a a connection that was accepted and has not asked yet gets its answer, and ends with it", async () => {
  const { adapter, port } = await listening()
  const accepted = once(adapter.server, "connection")
  const socket = connect(port, "127.0.0.1")
  await accepted
  adapter.stopListening()
  const closing = adapter.close(never)
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
  let received = ""
  for await (const chunk of socket) received += String(chunk)
  await closing
  expect(received).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*connection: close\r\n[^]*done/i)
})

test("G21a a server tells once that it has closed, whether connections were left or not, and looks after no heads any more", async () => {
  for (const isUsed of [false, true]) {
    const { adapter, url } = await listening()
    const closed = vi.fn<() => void>()
    adapter.server.on("close", closed)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    if (isUsed) await body((await once(get(url, { agent }), "response"))[0])
    adapter.stopListening()
    agent.destroy()
    if (!isUsed) await once(adapter.server, "close")
    await adapter.close(never)
    await new Promise((resolve) => setImmediate(resolve))
    expect(closed).toHaveBeenCalledTimes(1)
    expect(headCheck(adapter.server)).toMatchObject({ _destroyed: true })
  }
})

/** Node's timer that looks after slow heads; it says nowhere else whether it still runs. */
function headCheck(server: object): unknown {
  const name = Object.getOwnPropertySymbols(server).find((symbol) => /CheckingInterval/.test(String(symbol)))
  return (server as Record<symbol, unknown>)[name as symbol]
}

test.each<[string, RequestListener]>([
  [
    "throws",
    () => {
      throw new Error("of the handler")
    },
  ],
  ["rejects", () => Promise.reject(new Error("of the handler"))],
])("G16b a request handler that %s is reported; its client gets 500 and nothing of the error", async (_, handler) => {
  failures.length = 0
  const { adapter, url } = await listening(handler)
  const answer = await fetch(url)
  expect([answer.status, await answer.text()]).toEqual([500, ""])
  expect(failures).toMatchObject([{ message: "of the handler" }])
  await adapter.close(never)
})

test("G16b a request handler that fails has none of the headers sent that it had set, such as a length", async () => {
  const { adapter, url } = await listening((_, response) => {
    response.setHeader("Content-Length", 100).setHeader("X-Account", "7")
    throw new Error("of the handler")
  })
  const answer = await fetch(url)
  const { headers } = answer
  expect([answer.status, await answer.text(), headers.get("content-length"), headers.get("x-account")]).toEqual([
    500,
    "",
    "0",
    null,
  ])
  await adapter.close(never)
})

test("G16b a request handler that fails behind the end of its answer is reported, and the answer comes whole", async () => {
  failures.length = 0
  const length = 20_000_000
  const { adapter, url } = await listening((_, response) => {
    response.end(Buffer.alloc(length))
    throw new Error("of the handler")
  })
  const { byteLength } = await (await fetch(url)).arrayBuffer()
  expect([byteLength, failures.length]).toEqual([length, 1])
  await adapter.close(never)
})

test("G16b a request handler that fails behind the head of its answer has its connection cut", async () => {
  failures.length = 0
  const { adapter, url } = await listening((_, response) => {
    response.writeHead(200, { "Content-Length": 5 }).write("ab")
    throw new Error("of the handler")
  })
  await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow(TypeError)
  expect(failures).toHaveLength(1)
  await adapter.close(never)
})

test("an error of the server is reported and does not end the process", async () => {
  failures.length = 0
  const { adapter, url } = await listening()
  adapter.server.emit("error", new Error("accept"))
  expect([failures, await (await fetch(url)).text()]).toEqual([
    [expect.objectContaining({ message: "accept" })],
    "done",
  ])
  await adapter.close(never)
})

test("handle() sets who answers, until listen", async () => {
  const adapter = new NodeHttpAdapter((_, response) => response.end("first"))
  adapter.handle((_, response) => response.end("second"))
  const { url } = await adapter.listen(loopback, settings)
  expect(await (await fetch(url)).text()).toBe("second")
  expect(() => adapter.handle(() => undefined)).toThrow(expect.objectContaining({ code: "TONI_LIFECYCLE" }))
  await adapter.close(never)
})

test("handle() of a server that answers itself is refused; one without a listener takes it", async () => {
  const bare = new NodeHttpAdapter(createServer()).handle((_, response) => response.end("set"))
  const { url } = await bare.listen(loopback, settings)
  expect(await (await fetch(url)).text()).toBe("set")
  await bare.close(never)
  const own = new NodeHttpAdapter(createServer(() => undefined))
  expect(() => own.handle(() => undefined)).toThrow(
    expect.objectContaining({ code: "TONI_BAD_ARGUMENT", fix: expect.stringContaining("without a request listener") }),
  )
  expect(() => bare.handle(5 as never)).toThrow(expect.objectContaining({ code: "TONI_BAD_ARGUMENT" }))
})

test("a Unix socket is listened on by its path", async () => {
  const folder = mkdtempSync(join(tmpdir(), "toni-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, "socket")
  const adapter = new NodeHttpAdapter((_, response) => response.end("over a file"))
  const address = await adapter.listen({ path }, settings)
  expect(address).toEqual({ host: "", port: 0, path, url: `http://unix:${path}` })
  const [response] = await once(request({ socketPath: path, path: "/" }).end(), "response")
  expect(await body(response)).toBe("over a file")
  await adapter.close(never)
})

test.each(["22.12.0", "23.1.0", "24.0.0", "26.12.0"])("Node %s has reusePort", (version) => {
  expect(() => assertReusePort(version)).not.toThrow()
})

test.each(["20.19.0", "22.11.0", "23.0.0"])("reusePort with Node %s is refused", (version) => {
  expect(() => assertReusePort(version)).toThrow(expect.objectContaining({ code: "TONI_LISTEN" }))
})

test("that no file can be opened is told once a second, with the limit's name, until the server closes", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] })
  onTestFinished(() => void vi.useRealTimers())
  const limits: string[] = []
  const adapter = new NodeHttpAdapter()
  await adapter.listen(loopback, { ...settings, outOfFiles: (limit) => void limits.push(limit) })
  vi.advanceTimersByTime(1_000)
  expect(limits).toEqual([])
  files.error = "EMFILE"
  onTestFinished(() => void (files.error = ""))
  vi.advanceTimersByTime(2_000)
  await adapter.close(never)
  vi.advanceTimersByTime(2_000)
  expect(limits).toEqual([expect.stringContaining("ulimit -n"), expect.stringContaining("ulimit -n")])
})

class Anything {}
const framework = (...names: string[]): object => Object.fromEntries(names.map((name) => [name, () => undefined]))
test.each<[string, unknown, string]>([
  ["null", null, "listener"],
  ["a string", "3000", "listener"],
  ["options", { port: 3000 }, "listener"],
  ["an object that only has listen", framework("listen"), "listener"],
  ["a class", Anything, "listener"],
  ["Fastify", framework("listen", "routing", "inject"), "fastify.server"],
  ["Hono", framework("fetch", "request"), "getRequestListener"],
  ["Koa", framework("listen", "callback"), "app.callback()"],
  ["a server of node:net", createNetServer(), "node:http"],
  ["a server of node:http2 in clear", createHttp2Server(), "allowHTTP1"],
  ["a server of node:http2 without HTTP/1.1", createSecureServer({}), "allowHTTP1"],
])("a NodeHttpAdapter of %s is refused with what to write", (_, given, fix) => {
  expect(() => new NodeHttpAdapter(given as never)).toThrow(
    expect.objectContaining({ code: "TONI_BAD_ARGUMENT", fix: expect.stringContaining(fix) }),
  )
})
