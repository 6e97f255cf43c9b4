import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createServer, type RequestListener } from "node:http"
import { serve as serveHono, getRequestListener } from "@hono/node-server"
import express from "express"
import fastify from "fastify"
import { Hono } from "hono"
import { defineModule, Hub, ToniFactory, type WsClient } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter, type NodeServer } from "toni/node"
import { describe, expect, onTestFinished, test } from "vitest"
import { Echo, serve } from "../support/gateways.ts"
import { connect, refused } from "../support/peer.ts"

/** A Fastify that nobody has called ready() of, as the guide warns of it. */
const notReady = `
  import fastify from "fastify"
  import { defineModule, ToniFactory } from "toni"
  import { NodeHttpAdapter } from "toni/node"
  const app = fastify()
  app.get("/", () => "hello")
  const toni = await ToniFactory.create(defineModule({ name: "Empty" }), new NodeHttpAdapter(app.server))
  const { url } = await toni.listen(0, "127.0.0.1")
  await fetch(url)
`

function anExpress() {
  const app = express()
  app.get("/hello", (_request, response) => void response.send("hello"))
  app.post("/sum", express.json(), (request, response) => void response.json({ sum: request.body.a + request.body.b }))
  app.get("/chat", (_request, response) => void response.send("the page of the chat"))
  return app
}

function aFastify() {
  const app = fastify()
  app.get("/hello", () => "hello")
  app.post<{ Body: { a: number; b: number } }>("/sum", ({ body }) => ({ sum: body.a + body.b }))
  app.get("/chat", () => "the page of the chat")
  return app
}

function aHono() {
  const app = new Hono()
  app.get("/hello", (context) => context.text("hello"))
  app.post("/sum", async (context) => {
    const { a, b } = await context.req.json<{ a: number; b: number }>()
    return context.json({ sum: a + b })
  })
  app.get("/chat", (context) => context.text("the page of the chat"))
  return app
}

/** Every way to put a framework's server and ours together. */
const ways: readonly (readonly [name: string, make: () => Promise<RequestListener | NodeServer>])[] = [
  ["Express 5, as the listener that it is", async () => anExpress()],
  ["Express 5, on a server made for it", async () => createServer(anExpress())],
  [
    "Fastify 5, as a listener",
    async () => {
      const app = aFastify()
      await app.ready()
      return (request, response) => app.routing(request, response)
    },
  ],
  [
    "Fastify 5, on its own server",
    async () => {
      const app = aFastify()
      await app.ready()
      return app.server
    },
  ],
  ["Hono 4, as a listener", async () => getRequestListener(aHono().fetch)],
]

describe.each(ways)("%s", (_, make) => {
  test("serves HTTP next to gateways on one port", async () => {
    await using server = await serve(new NodeHttpAdapter(await make()), [new Echo()])
    await using peer = await connect(`${server.wsUrl}/chat`)
    const sum = { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"a":1,"b":2}' }
    expect(await (await fetch(`${server.url}/hello`)).text()).toBe("hello")
    expect(await (await fetch(`${server.url}/sum`, sum)).json()).toEqual({ sum: 3 })
    expect(await peer.ask("hi")).toBe("hi")
  })

  test("G5d answers plain requests itself, also on a gateway's path", async () => {
    await using server = await serve(new NodeHttpAdapter(await make()), [new Echo()])
    expect(await (await fetch(`${server.url}/chat`)).text()).toBe("the page of the chat")
    expect((await fetch(`${server.url}/nowhere`)).status).toBe(404)
  })

  test("G5a does not answer upgrades to a path that is nobody's: we do, with 404", async () => {
    await using server = await serve(new NodeHttpAdapter(await make()), [new Echo()])
    const answer = await refused(`${server.wsUrl}/hello`)
    expect([answer.statusCode, answer.headers["connection"]]).toEqual([404, "close"])
  })
})

/** Routes that need the application: each publishes by the hub that it gets from it. */
const setLater: readonly (readonly [name: string, make: (hub: () => Hub) => Promise<RequestListener>])[] = [
  [
    "Express 5",
    async (hub) => {
      const app = express()
      app.get("/say", async (_request, response) => {
        await hub().publish("news", "from Express")
        response.send("said")
      })
      return app
    },
  ],
  [
    "Fastify 5",
    async (hub) => {
      const app = fastify()
      app.get("/say", async () => {
        await hub().publish("news", "from Fastify")
        return "said"
      })
      await app.ready()
      return (request, response) => app.routing(request, response)
    },
  ],
  [
    "Hono 4",
    async (hub) => {
      const app = new Hono()
      app.get("/say", async (context) => {
        await hub().publish("news", "from Hono")
        return context.text("said")
      })
      const listener = getRequestListener(app.fetch)
      return (request, response) => void listener(request, response)
    },
  ],
]

test.each(setLater)(
  "routes of %s reach the clients: handle() takes them once there is an application",
  async (name, make) => {
    class Reader extends Echo {
      onConnect = (client: WsClient) => client.subscribe("news")
    }
    const http = new NodeHttpAdapter()
    const app = await ToniFactory.create(
      defineModule({ name: "App", providers: [{ provide: Reader, useValue: new Reader() }] }),
      http,
      { logger: { debug() {}, info() {}, warn() {}, error() {} } },
    )
    app.useWebSocketAdapter(new NodeWebSocketAdapter())
    http.handle(await make(() => app.get(Hub)))
    const { url } = await app.listen(0, "127.0.0.1")
    onTestFinished(async () => void (await app.close()))
    await using peer = await connect(`${url.replace("http", "ws")}/chat`)
    expect(await peer.ask("ready?")).toBe("ready?")
    expect(await (await fetch(`${url}/say`)).text()).toBe("said")
    expect(await peer.next()).toBe(`from ${name.split(" ")[0]}`)
  },
)

test("G21b Fastify 5, listening already, goes on without us", async () => {
  const app = aFastify()
  const url = await app.listen({ port: 0, host: "127.0.0.1" })
  const server = await serve(new NodeHttpAdapter(app.server), [new Echo()])
  await using peer = await connect(`${url.replace("http", "ws")}/chat`)
  expect([server.url, await peer.ask("hi")]).toEqual([url, "hi"])
  await server.app.close()
  expect([await peer.closed, await (await fetch(`${url}/hello`)).text()]).toEqual([1001, "hello"])
  await app.close()
})

test("G21b Hono 4, listening already, goes on without us", async () => {
  let resolve: (port: number) => void = () => undefined
  const port = new Promise<number>((listening) => (resolve = listening))
  const hono = serveHono({ fetch: aHono().fetch, port: 0, hostname: "127.0.0.1" }, (address) => resolve(address.port))
  const url = `http://127.0.0.1:${await port}`
  const server = await serve(new NodeHttpAdapter(hono as NodeServer), [new Echo()])
  await using peer = await connect(`${server.wsUrl}/chat`)
  expect([server.url, await peer.ask("hi")]).toEqual([url, "hi"])
  await server.app.close()
  expect([await peer.closed, await (await fetch(`${url}/hello`)).text()]).toEqual([1001, "hello"])
  await new Promise((closed) => hono.close(closed))
})

test("Fastify that is not ready ends the process at the first request, with the error that the guide shows", async () => {
  const cwd = new URL("..", import.meta.url)
  const child = spawn(process.execPath, ["--input-type=module", "--eval", notReady], {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
  })
  let output = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text))
  await once(child, "close")
  const [error = ""] = /^TypeError: .*$/m.exec(output) ?? []
  const guide = readFileSync(new URL("../../docs/when-it-does-not-start.md", import.meta.url), "utf8")
  expect([error, output]).toEqual([expect.stringMatching(/./), expect.stringContaining("fastify/lib/hooks.js")])
  expect(guide).toContain(`\`\`\`text\n${error}\n\`\`\``)
})
