import { once } from "node:events"
import { readFileSync } from "node:fs"
import { connect as connectHttp2, createSecureServer, type ClientHttp2Session } from "node:http2"
import { Agent, request } from "node:https"
import { NodeHttpAdapter } from "toni/node"
import { expect, onTestFinished, test } from "vitest"
import { Echo, serve } from "../support/gateways.ts"
import { connect } from "../support/peer.ts"

const file = (name: string): Buffer => readFileSync(new URL(`fixtures/localhost.${name}.pem`, import.meta.url))
const secret = { cert: file("cert"), key: file("key"), allowHTTP1: true }

const session = (port: number): ClientHttp2Session => {
  const made = connectHttp2(`https://localhost:${port}`, { ca: secret.cert })
  onTestFinished(() => made.destroy())
  return made
}

/** The status and the text of the answer to a request of HTTP/2. */
async function ask(http2: ClientHttp2Session, path: string): Promise<[status: number | undefined, text: string]> {
  const stream = http2.request({ ":path": path })
  const [headers] = (await once(stream, "response")) as [{ ":status"?: number }]
  let text = ""
  for await (const chunk of stream) text += String(chunk)
  return [headers[":status"], text]
}

test("a server of HTTP/2 that speaks HTTP/1.1 besides serves requests of both, and WebSockets over HTTP/1.1", async () => {
  const server = createSecureServer(secret, (req, res) => res.end(`HTTP/${req.httpVersion} ${req.url}`))
  await using served = await serve(new NodeHttpAdapter(server), [new Echo()])
  await using peer = await connect(`wss://localhost:${served.port}/chat`, { ca: secret.cert })
  expect(await peer.ask("hi")).toBe("hi")
  expect(await ask(session(served.port), "/a")).toEqual([200, "HTTP/2.0 /a"])
  const agent = new Agent({ ca: secret.cert })
  const [response] = await once(request(`https://localhost:${served.port}/b`, { agent }).end(), "response")
  const [body] = await once(response, "data")
  expect(String(body)).toBe("HTTP/1.1 /b")
})

test("G5d a server of HTTP/2 without a handler has its plain requests answered by us, in both versions", async () => {
  await using served = await serve(new NodeHttpAdapter(createSecureServer(secret)), [new Echo()])
  const http2 = session(served.port)
  expect([await ask(http2, "/chat"), await ask(http2, "/")]).toEqual([
    [426, "This path speaks WebSocket.\n"],
    [404, "Not found\n"],
  ])
})

test("G21a close() lets the responses of HTTP/2 finish, ends idle sessions, and takes nobody new", async () => {
  let finish = (): void => undefined
  const server = createSecureServer(secret, (_, res) => {
    res.write("first ")
    finish = () => void res.end("last")
  })
  const asked = once(server, "request")
  const served = await serve(new NodeHttpAdapter(server), [new Echo()])
  const idle = session(served.port)
  await once(idle, "connect")
  const idleGone = once(idle, "close")
  const busy = session(served.port)
  const answer = ask(busy, "/")
  await asked
  let isClosed = false
  const closing = served.app.close().then(() => (isClosed = true))
  await idleGone
  expect(isClosed).toBe(false)
  finish()
  expect(await answer).toEqual([200, "first last"])
  await closing
})

test("G21a close() cuts a response of HTTP/2 that does not finish, when its time is up", async () => {
  const server = createSecureServer(secret, (_, res) => void res.write("for ever"))
  const served = await serve(new NodeHttpAdapter(server), [new Echo()])
  const http2 = session(served.port)
  const stream = http2.request({ ":path": "/" })
  stream.on("error", () => undefined)
  await once(stream, "response")
  const gone = once(http2, "close")
  await served.app.close({ timeout: 50 })
  await gone
  expect(server.listening).toBe(false)
})
