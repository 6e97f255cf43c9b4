import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer, request, type Server } from "node:http"
import { Agent, createServer as createTlsServer, request as requestTls } from "node:https"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connect as connectTls } from "node:tls"
import { NodeHttpAdapter } from "toni/node"
import { expect, onTestFinished, test } from "vitest"
import { WebSocketServer } from "ws"
import { Echo, serve } from "../support/gateways.ts"
import { connect, refused } from "../support/peer.ts"
import { handshake, wire } from "../support/wire.ts"

const file = (name: string): Buffer => readFileSync(new URL(`fixtures/localhost.${name}.pem`, import.meta.url))

/** A server that listens, with a route of its own. */
async function listening(server: Server = createServer()): Promise<{ server: Server; port: number; url: string }> {
  server.on("request", (req, res) => res.end(`own: ${req.method} ${req.url}`))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { server, port, url: `http://127.0.0.1:${port}` }
}

const text = async (url: string): Promise<string> => (await fetch(url)).text()

test("a server that listens already is served on its own port, whatever listen() is told", async () => {
  const { server, url } = await listening()
  await using served = await serve(new NodeHttpAdapter(server), [new Echo()])
  await using peer = await connect(`${served.wsUrl}/chat`)
  expect([served.url, await peer.ask("hi"), await text(`${url}/x`)]).toEqual([url, "hi", "own: GET /x"])
})

test("G21b a server that listened already stays open after close(), without us", async () => {
  const { server, port, url } = await listening()
  const before = counts(server)
  const served = await serve(new NodeHttpAdapter(server), [new Echo()])
  await using peer = await connect(`${served.wsUrl}/chat`)
  const report = await served.app.close()
  expect([report.clients, await peer.closed, server.listening]).toEqual([1, 1001, true])
  expect(await text(`${url}/x`)).toBe("own: GET /x")
  expect(counts(server)).toEqual(before)
  // Node serves an upgrade that nobody listens for as the plain request that it is otherwise.
  await using raw = await wire(port)
  raw.send(handshake("/chat"))
  expect(await raw.until(/own: GET \/chat/)).toContain("HTTP/1.1 200")
})

test("G21b a server that listened already and was never served by us has nothing of ours", async () => {
  const { server } = await listening()
  const before = counts(server)
  const adapter = new NodeHttpAdapter(server)
  expect([adapter.server, counts(server)]).toEqual([server, before])
})

test("G3b a server whose port is taken has nothing of ours, and can be served elsewhere", async () => {
  const { port } = await listening()
  const server = createServer((_, res) => res.end("mine"))
  const before = counts(server)
  const failing = serve(new NodeHttpAdapter(server), [new Echo()], {}, undefined, { port, host: "127.0.0.1" })
  await expect(failing).rejects.toMatchObject({ code: "TONI_LISTEN", cause: { code: "EADDRINUSE" } })
  expect(counts(server)).toEqual(before)
  await using served = await serve(new NodeHttpAdapter(server), [new Echo()])
  expect(await text(served.url)).toBe("mine")
})

test("G21b a server that we bound is closed with the application", async () => {
  const server = createServer((_, res) => res.end("mine"))
  const served = await serve(new NodeHttpAdapter(server), [new Echo()])
  expect(await text(served.url)).toBe("mine")
  await served.app.close()
  expect(server.listening).toBe(false)
})

test("an https server is served as wss, with its own certificate", async () => {
  const ca = file("cert")
  const server = createTlsServer({ cert: ca, key: file("key") }, (_, res) => res.end("own"))
  await using served = await serve(new NodeHttpAdapter(server), [new Echo()])
  const origin = `https://localhost:${served.port}`
  await using peer = await connect(`wss://localhost:${served.port}/chat`, { ca, origin })
  expect(served.url).toBe(`https://127.0.0.1:${served.port}`)
  expect(await peer.ask("hi")).toBe("hi")
  const foreign = await refused(`wss://localhost:${served.port}/chat`, { ca, origin: "https://evil.com" })
  expect(foreign.statusCode).toBe(403)
})

test("G21a an https server that we bound is closed, and does not wait for idle connections", async () => {
  const server = createTlsServer({ cert: file("cert"), key: file("key") }, (_, res) => res.end("own"))
  const served = await serve(new NodeHttpAdapter(server), [new Echo()])
  const idle = connectTls({ port: served.port, host: "localhost", ca: file("cert") })
  const gone = once(idle.resume(), "close")
  await once(idle, "secureConnect")
  const agent = new Agent({ ca: file("cert"), keepAlive: true })
  const [response] = await once(requestTls(`https://localhost:${served.port}/`, { agent }).end(), "response")
  response.resume()
  await once(response, "end")
  await served.app.close()
  expect([await gone, server.listening]).toEqual([[false], false])
})

test("G21a an https server that closes sends a big answer in flight to its end", async () => {
  const body = "x".repeat(8 * 1024 * 1024)
  const server = createTlsServer({ cert: file("cert"), key: file("key") }, (_, res) => res.end(body))
  const served = await serve(new NodeHttpAdapter(server), [new Echo()])
  const asked = once(server, "request")
  const agent = new Agent({ ca: file("cert"), keepAlive: true })
  const answer = once(requestTls(`https://localhost:${served.port}/`, { agent }).end(), "response")
  await asked
  const closing = served.app.close()
  const [response] = await answer
  let received = 0
  for await (const chunk of response) received += chunk.length
  await closing
  expect(received).toBe(body.length)
})

test("G21a an https server that closes does not wait for a connection that is never secured", async () => {
  const server = createTlsServer({ cert: file("cert"), key: file("key") })
  const served = await serve(new NodeHttpAdapter(server), [new Echo()])
  const accepted = once(server, "connection")
  await using raw = await wire(served.port)
  await accepted
  await served.app.close()
  expect([await raw.ended, server.listening]).toEqual(["", false])
})

test("G5c an upgrade to h2c goes to the HTTP handler over https too", async () => {
  const server = createTlsServer({ cert: file("cert"), key: file("key") }, (req, res) => res.end(`own: ${req.url}`))
  await using served = await serve(new NodeHttpAdapter(server), [new Echo()])
  const agent = new Agent({ ca: file("cert") })
  const headers = { Connection: "Upgrade, HTTP2-Settings", Upgrade: "h2c" }
  const [response] = await once(requestTls(`https://localhost:${served.port}/x`, { agent, headers }).end(), "response")
  const [body] = await once(response, "data")
  expect(String(body)).toBe("own: /x")
})

test("G5c an upgrade to something else goes to the HTTP handler, body and all, and the connection lives on", async () => {
  const bodies: string[] = []
  const server = createServer((req, res) => {
    let body = ""
    req.on("data", (chunk) => (body += chunk))
    req.on("end", () => {
      const { upgrade, connection } = req.headers
      bodies.push(`${req.method} ${req.url} upgrade: ${upgrade} connection: ${connection} body: ${body}`)
      res.end("own")
    })
  })
  await using served = await serve(new NodeHttpAdapter(server), [new Echo()])
  await using raw = await wire(served.port)
  const upgrade = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA"
  raw.send(`POST /a HTTP/1.1\r\nHost: x\r\n${upgrade}\r\nContent-Length: 5\r\n\r\nhello`)
  await raw.until(/own/)
  raw.send(`GET /b HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n\r\nGET /c HTTP/1.1\r\nHost: x\r\n\r\n`)
  await raw.until(/own[^]*own[^]*own/)
  expect(bodies).toEqual([
    "POST /a upgrade: undefined connection: HTTP2-Settings body: hello",
    "GET /b upgrade: undefined connection: HTTP2-Settings body: ",
    "GET /c upgrade: undefined connection: undefined body: ",
  ])
})

test("G5c an upgrade to something else is answered 426 on a gateway's path, where there is no handler", async () => {
  await using served = await serve(new NodeHttpAdapter(), [new Echo()])
  const headers = { Connection: "Upgrade", Upgrade: "h2c" }
  const [response] = await once(request(`${served.url}/chat`, { headers }).end(), "response")
  response.resume()
  expect(response.statusCode).toBe(426)
})

test("G5d without a handler of its own a gateway's path answers 426 and any other 404", async () => {
  await using served = await serve(new NodeHttpAdapter(), [new Echo()])
  const answer = await fetch(`${served.url}/chat?x`)
  expect([answer.status, answer.headers.get("upgrade")]).toEqual([426, "websocket"])
  expect((await fetch(`${served.url}/`)).status).toBe(404)
})

/** Another `ws` server on the same server, the way its documentation shows it. */
function anotherServer(server: Server, path: string): void {
  const webSockets = new WebSocketServer({ noServer: true })
  server.on("upgrade", (req, socket, head) => {
    if (req.url !== path) return
    webSockets.handleUpgrade(req, socket, head, (ws) => {
      ws.on("message", (data: Buffer) => ws.send(`other: ${data.toString()}`))
    })
  })
}

test.each(["before", "after"])("G5c another WebSocket server that came %s us keeps its path", async (when) => {
  const { server } = await listening()
  if (when === "before") anotherServer(server, "/other")
  const served = await serve(new NodeHttpAdapter(server), [new Echo()])
  if (when === "after") anotherServer(server, "/other")
  await using other = await connect(`${served.wsUrl}/other`)
  await using peer = await connect(`${served.wsUrl}/chat`)
  expect([await other.ask("hi"), await peer.ask("hi")]).toEqual(["other: hi", "hi"])
  await served.app.close()
  expect([await peer.closed, await other.ask("again")]).toEqual([1001, "other: again"])
})

test("G5c two applications share a server, each with its own paths; one that closes leaves the other alone", async () => {
  const { server } = await listening()
  const one = await serve(new NodeHttpAdapter(server), [new Echo("/one")])
  await using two = await serve(new NodeHttpAdapter(server), [new Echo("/two")])
  await using first = await connect(`${one.wsUrl}/one`)
  await using second = await connect(`${two.wsUrl}/two`)
  expect([await first.ask("1"), await second.ask("2")]).toEqual(["1", "2"])
  await one.app.close()
  expect([await first.closed, await second.ask("still")]).toEqual([1001, "still"])
})

test("G21a an application that opened the server for another one closes while the other's clients stay", async () => {
  const server = createServer()
  const one = await serve(new NodeHttpAdapter(server), [new Echo("/one")])
  await using two = await serve(new NodeHttpAdapter(server), [new Echo("/two")])
  await using second = await connect(`${one.wsUrl}/two`)
  expect(await second.ask("2")).toBe("2")
  expect((await one.app.close({ timeout: 100 })).abandoned).toBe(0)
  expect([server.listening, await second.ask("still")]).toEqual([false, "still"])
  await two.app.close()
  expect(await second.closed).toBe(1001)
})

test("G5a two applications that share a server leave no upgrade unanswered", async () => {
  const { server } = await listening()
  await using one = await serve(new NodeHttpAdapter(server), [new Echo("/one")])
  await using two = await serve(new NodeHttpAdapter(server), [new Echo("/two")])
  const answers = await Promise.all([refused(`${one.wsUrl}/nowhere`), refused(`${two.wsUrl}/nowhere`)])
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404])
  expect(one.app.metrics().refusals[404] ?? 0).toBe(2)
  const headers = { Connection: "Upgrade", Upgrade: "h2c" }
  const [response] = await once(request(`${one.url}/x`, { headers }).end(), "response")
  response.resume()
  expect(response.statusCode).toBe(200)
})

/** How many listeners a server has, by event. */
function counts(server: Server): unknown {
  return Object.fromEntries(server.eventNames().map((name) => [name, server.listenerCount(name)]))
}

test("a Unix socket carries HTTP and WebSockets, and its file is gone when the application has closed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "toni-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, "toni.sock")
  const own = new NodeHttpAdapter((_, res) => res.end("own"))
  const served = await serve(own, [new Echo()], {}, undefined, { path })
  await using peer = await connect(`ws+unix://${path}:/chat`)
  expect([served.url, await peer.ask("hi")]).toEqual([`http://unix:${path}`, "hi"])
  const [response] = await once(request({ socketPath: path, path: "/" }).end(), "response")
  const [body] = await once(response, "data")
  expect(String(body)).toBe("own")
  await served.app.close()
  expect(existsSync(path)).toBe(false)
})
