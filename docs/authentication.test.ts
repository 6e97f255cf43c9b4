import { createContext, Script } from "node:vm"
import { testApp, TestClock } from "toni/testing"
import { afterAll, beforeAll, expect, test } from "vitest"
import { WebSocket } from "ws"
import { readPage } from "./page.ts"
import { connect, refusedBy } from "./peer.ts"
import { AppModule } from "./snippets/authentication/app.module.ts"
import { Tokens } from "./snippets/authentication/tokens.ts"
import { printed } from "./printed.ts"
import { runSnippet, type RunningSnippet } from "./support/run.ts"

const tokens = new Tokens("a secret of the tests")
const tokenFor = (milliseconds: number) => tokens.issue({ name: "Ann", expiresAt: Date.now() + milliseconds })
const base64url = (text: string) => Buffer.from(text).toString("base64url")

let server: RunningSnippet
beforeAll(async () => {
  server = await runSnippet("authentication/main", { env: { SECRET: "a secret of the tests" } })
})
afterAll(() => server[Symbol.asyncDispose]())

const at = (path: string) => `ws://127.0.0.1:${server.port}${path}`
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

test("a token in the Authorization header lets its user in", async () => {
  await using peer = await connect(at("/secure/acme"), bearer(tokenFor(60_000)))
  peer.socket.send("hello")
  expect(await peer.next()).toBe("Ann of acme says hello")
})

test("a token among the subprotocols lets its user in, and is not answered", async () => {
  await using peer = await connect(at("/secure/acme"), {
    protocols: ["toni", `toni.bearer.${base64url(tokenFor(60_000))}`],
  })
  expect(peer.socket.protocol).toBe("toni")
})

test.each([
  ["no token", {}],
  ["a token of somebody else's making", bearer(new Tokens("guessed").issue({ name: "Ann", expiresAt: 2e12 }))],
  ["a token that has expired", bearer(tokenFor(-1))],
])("%s is answered with 401", async (_, options) => {
  expect(await refusedBy(at("/secure/acme"), options)).toMatchObject({
    status: 401,
    headers: { "www-authenticate": "Bearer" },
  })
})

test("a browser that offers toni learns of the refusal by a close code", async () => {
  const source = readPage("snippets/authentication/browser.js").replaceAll("3000", String(server.port))
  const printed = await new Promise<unknown[]>((resolve) => {
    new Script(source).runInContext(
      createContext({ btoa, WebSocket, console: { log: (...all: unknown[]) => resolve(all) } }),
    )
  })
  expect(printed).toEqual([4401, "unknown token"])
})

/** The same application in memory, with a clock that can be moved, and a token for the next minutes of it. */
async function start() {
  const clock = new TestClock(Date.now())
  const app = await testApp(AppModule, { clock, override: [{ provide: Tokens, useValue: tokens }] })
  const tokenFor = (minutes: number) => tokens.issue({ name: "Ann", expiresAt: clock.date() + minutes * 60_000 })
  return { app, clock, tokenFor }
}

test("at expiresAt the connection is closed with 4401", async () => {
  const { app, clock, tokenFor } = await start()
  await using _app = app
  const client = await app.connectRaw("/secure/acme", bearer(tokenFor(1)))
  await clock.advance(60_000)
  expect(await client.closed).toEqual({ code: 4401, reason: "expired" })
})

test("a new token moves the end", async () => {
  const { app, clock, tokenFor } = await start()
  await using _app = app
  const client = await app.connectRaw("/renewing", bearer(tokenFor(1)))
  client.send(tokenFor(2))
  await clock.advance(60_000)
  client.send(tokenFor(2))
  expect([await client.nextText(), await client.nextText()]).toEqual(["renewed", "renewed"])
})

test("false is answered with 403", async () => {
  expect(await refusedBy(at("/facts"))).toMatchObject({ status: 403 })
})

test("headers, query, cookies, token, origin and address are at hand", async () => {
  const origin = `http://127.0.0.1:${server.port}`
  const headers = { "user-agent": "a test", cookie: "session=3f9c", authorization: "Bearer abc" }
  await using peer = await connect(at("/facts?invite=ben"), { headers, origin })
  expect(peer.socket.readyState).toBe(WebSocket.OPEN)
  await printed(
    server,
    `{
  header: 'a test',
  query: 'ben',
  cookie: '3f9c',
  bearer: 'abc',
  origin: '${origin}',
  address: '127.0.0.1'
}`,
  )
})

test("handshake.close() answers with a code that a browser can read", async () => {
  await using peer = await connect(at("/cookie"))
  expect(await peer.closed).toEqual({ code: 4401, reason: "please sign in" })
})

test("a known session comes in", async () => {
  await using peer = await connect(at("/cookie"), { headers: { cookie: "session=3f9c" } })
  peer.socket.send("hello")
  expect(await peer.next()).toBe("hello")
})

test.each([
  ["/cookie", "https://evil.example"],
  ["/cookie", "null"],
  ["/widget", "https://evil.example"],
  ["/widget", "http://app.example.com"],
])("%s refuses a page of %s with 403", async (path, origin) => {
  expect(await refusedBy(at(path), { origin })).toMatchObject({ status: 403 })
})

test("the log says which origin was refused, and by which setting, in the words of the guide", async () => {
  await refusedBy(at("/cookie"), { origin: "http://localhost:5173", headers: { host: "localhost:3000" } })
  const [line = "no such line"] = /warn {2}Handshake refused .*/.exec(readPage("authentication.md")) ?? []
  await printed(server, line)
})

test("a page of a listed origin comes in", async () => {
  await using peer = await connect(at("/widget"), { origin: "https://app.example.com" })
  peer.socket.send("hello")
  expect(await peer.next()).toBe("hello")
})

test("the gateway's first subprotocol that the client offers is spoken", async () => {
  await using peer = await connect(at("/speaking"), { protocols: ["chat.v1", "chat.v2"] })
  peer.socket.send("what do we speak?")
  expect(await peer.next()).toBe("we speak chat.v2")
})

test("a session of Express lets its user in, and nobody else", async () => {
  await using express = await runSnippet("authentication/express-session")
  const url = `ws://127.0.0.1:${express.port}/live`
  expect(await refusedBy(url)).toMatchObject({ status: 401 })
  const signedIn = await fetch(`http://127.0.0.1:${express.port}/sign-in/Ann`, { method: "POST" })
  const [cookie = ""] = signedIn.headers.getSetCookie().map((each) => each.split(";")[0])
  await using peer = await connect(url, { headers: { cookie } })
  peer.socket.send("hello")
  expect(await peer.next()).toBe("Ann: hello")
  const forged = cookie.replace(/.$/, (last) => (last === "A" ? "B" : "A"))
  expect(await refusedBy(url, { headers: { cookie: forged } })).toMatchObject({ status: 401 })
})
