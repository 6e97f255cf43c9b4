import { once } from "node:events"
import { Agent, createServer, get, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http"
import { connect } from "node:net"
import { expect, test } from "vitest"
import { WebSocket } from "ws"
import type { AdapterSocket, PendingUpgrade } from "../websocket-adapter.ts"
import { NodeHttpAdapter } from "./node-http-adapter.ts"
import { NodeWebSocketAdapter } from "./node-websocket-adapter.ts"

const settings = { headTimeout: 10_000 }
const never = new AbortController().signal

/** A server of ours, and a promise for each request that has come in. */
async function listening(handler: RequestListener = (_, response) => response.end("done")) {
  const adapter = new NodeHttpAdapter(handler)
  const { port, url } = await adapter.listen(0, "127.0.0.1", settings)
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
])("G21a close() does not wait for a connection that %s", async (_, sent) => {
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
    new NodeWebSocketAdapter().attach(adapter.server, { owns: () => true, upgrade })
  })
  const peer = new WebSocket(`ws://127.0.0.1:${port}/`)
  await once(peer, "open")
  const webSocket = await opened
  refuse.abort()
  const closing = adapter.close(refuse.signal)
  expect(webSocket?.isOpen).toBe(true)
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
  await adapter.listen(0, "127.0.0.1", settings)
  await adapter.close(never)
  expect(server.eventNames().map((name) => server.listenerCount(name))).toEqual(before)
})

test("G20c the time for a head holds on servers that we create, and not on those handed over", async () => {
  const ours = await listening()
  const theirs = createServer()
  const { headersTimeout } = theirs
  const adapter = new NodeHttpAdapter(theirs)
  await adapter.listen(0, "127.0.0.1", settings)
  expect([ours.adapter.server.headersTimeout, theirs.headersTimeout]).toEqual([10_000, headersTimeout])
  await Promise.all([ours.adapter.close(never), adapter.close(never)])
})

test("G5d plain requests are ours to answer only where there is no other handler", async () => {
  const bare = new NodeHttpAdapter()
  const own = new NodeHttpAdapter((_, response) => response.end("own"))
  const handed = new NodeHttpAdapter(createServer((_, response) => response.end("handed")))
  const answers = []
  for (const adapter of [bare, own, handed]) {
    adapter.answerPlainRequests((target) => ({ status: 426, headers: { "X-Ours": "1" }, body: `ours ${target}` }))
    const { url } = await adapter.listen(0, "127.0.0.1", settings)
    const answer = await fetch(`${url}/x?y`)
    answers.push([answer.status, answer.headers.get("x-ours"), await answer.text()])
    await adapter.close(never)
  }
  expect(answers).toEqual([
    [426, "1", "ours /x?y"],
    [200, null, "own"],
    [200, null, "handed"],
  ])
})

test.each([
  ["127.0.0.1", "http://127.0.0.1:"],
  ["0.0.0.0", "http://localhost:"],
  [undefined, "http://localhost:"],
])("a server that is bound to %s can be opened at %s…", async (host, start) => {
  const adapter = new NodeHttpAdapter()
  const { port, url } = await adapter.listen(0, host, settings)
  expect(url).toBe(`${start}${port}`)
  await adapter.close(never)
})
