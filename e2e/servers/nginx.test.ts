import type { GatewayOptions, WsClient, WsHandshake } from "toni"
import { NodeHttpAdapter } from "toni/node"
import { expect, test as base } from "vitest"
import { Echo, serve, type Served } from "../support/gateways.ts"
import { startNginx, type Nginx } from "../support/nginx.ts"
import { connect, refused } from "../support/peer.ts"

/** Tells every client who it is taken for, then echoes. */
class WhoAmI extends Echo {
  readonly left: Promise<string>
  #leave: (kind: string) => void = () => undefined

  constructor(options: GatewayOptions) {
    super("/who", options)
    this.left = new Promise((resolve) => (this.#leave = resolve))
  }

  onHandshake(handshake: WsHandshake) {
    if (handshake.query.has("no")) return handshake.reject(401, "not you", { "WWW-Authenticate": "Bearer" })
    return handshake.accept({ headers: { "Set-Cookie": "seen=1" } })
  }

  onConnect(client: WsClient): Promise<boolean> {
    return client.send(client.remoteAddress)
  }

  onDisconnect(_client: WsClient, reason: { readonly kind: string }): void {
    this.#leave(reason.kind)
  }
}

interface Behind extends Nginx {
  readonly server: Served
  readonly gateway: WhoAmI
}

/** A test with `behind(options)`: a server with an nginx in front. */
const test = base.extend<{ behind: (options?: GatewayOptions) => Promise<Behind> }>({
  behind: async ({ skip }, use) => {
    const program = process.env["TONI_NGINX"] ?? ""
    if (program === "") return skip("needs nginx")
    const stack: AsyncDisposable[] = []
    await use(async (options = {}) => {
      const gateway = new WhoAmI(options)
      const handler = new NodeHttpAdapter((request, response) => response.end(`plain ${request.url}`))
      const server = await serve(handler, [gateway])
      stack.push(server)
      const nginx = await startNginx(program, server.port)
      stack.push(nginx)
      return { ...nginx, server, gateway }
    })
    for (const each of stack.reverse()) await each[Symbol.asyncDispose]()
  },
})

/** Not the address of nginx itself, which has 127.0.0.1. */
const from = (localAddress: string) => ({ localAddress })

test("nginx in front: messages, HTTP, headers of the 101 and of refusals, and close codes pass", async ({ behind }) => {
  const { port, server } = await behind({ trustProxy: 1, protocols: ["b"] })
  const url = `ws://127.0.0.1:${port}/who`
  await using peer = await connect(url, {}, ["a", "b"])
  const large = "x".repeat(300_000)
  expect([await peer.next(), await peer.ask("hi"), peer.socket.protocol]).toEqual(["127.0.0.1", "hi", "b"])
  expect(await peer.ask(large)).toBe(large)
  expect(await (await fetch(`http://127.0.0.1:${port}/page`)).text()).toBe("plain /page")
  const no = await refused(`${url}?no`)
  expect([no.statusCode, no.headers["www-authenticate"]]).toEqual([401, "Bearer"])
  expect((await refused(`ws://127.0.0.1:${port}/nowhere`)).statusCode).toBe(404)
  await server.app.close()
  expect(await peer.closed).toBe(1001)
})

test("nginx in front: a client that vanishes is lost to us too", async ({ behind }) => {
  const { port, gateway } = await behind()
  const peer = await connect(`ws://127.0.0.1:${port}/who`)
  await peer.next()
  peer.socket.terminate()
  expect(await gateway.left).toBe("lost")
})

test("G8b behind nginx that passes Host on, its own page is let in and a foreign one is not", async ({ behind }) => {
  const { plainPort } = await behind()
  const url = `ws://127.0.0.1:${plainPort}/who`
  await using peer = await connect(url, { origin: `http://127.0.0.1:${plainPort}` })
  expect(await peer.next()).toBe("127.0.0.1")
  const foreign = [`http://127.0.0.1:${plainPort + 1}`, `http://localhost:${plainPort}`, "https://evil.com", "null"]
  const answers = await Promise.all(foreign.map((origin) => refused(url, { origin })))
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403, 403])
})

test("G8b behind nginx that does not, its own page is foreign until trustProxy says so; the log says why", async ({
  behind,
}) => {
  const { port, server } = await behind()
  const origin = `http://127.0.0.1:${port}`
  expect((await refused(`ws://127.0.0.1:${port}/who`, { origin })).statusCode).toBe(403)
  const refusal = server.log.find(({ message }) => message === "Handshake refused")
  expect(JSON.stringify(refusal)).toMatch(new RegExp(`${origin}.*127\\.0\\.0\\.1:${server.port}.*same-origin`))
})

for (const trustProxy of [1, ["127.0.0.1"]]) {
  test(`G8b with trustProxy ${JSON.stringify(trustProxy)} X-Forwarded-Host and -For count, whatever a client writes there`, async ({
    behind,
  }) => {
    const { port } = await behind({ trustProxy })
    const url = `ws://127.0.0.1:${port}/who`
    const headers = { "X-Forwarded-For": "6.6.6.6, 127.0.0.1", "X-Forwarded-Host": "evil.com" }
    await using peer = await connect(url, { ...from("127.0.0.5"), origin: `http://127.0.0.1:${port}`, headers })
    expect(await peer.next()).toBe("127.0.0.5")
    expect((await refused(url, { origin: "http://evil.com", headers })).statusCode).toBe(403)
  })
}

test("G5a the limit per address counts the clients behind nginx, not nginx", async ({ behind }) => {
  const { port } = await behind({ trustProxy: 1, maxConnectionsPerAddress: 1 })
  const url = `ws://127.0.0.1:${port}/who`
  await using one = await connect(url, from("127.0.0.5"))
  await using other = await connect(url, from("127.0.0.6"))
  const spoofed = { ...from("127.0.0.5"), headers: { "X-Forwarded-For": "6.6.6.6" } }
  const again = await refused(url, spoofed)
  expect([await one.next(), await other.next(), again.statusCode, again.headers["retry-after"]]).toEqual([
    "127.0.0.5",
    "127.0.0.6",
    429,
    "5",
  ])
})

test("G8b a client that comes past nginx is believed nothing, where proxies are trusted by address", async ({
  behind,
}) => {
  const { server } = await behind({ trustProxy: ["127.0.0.9"] })
  const headers = { "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Host": "evil.com" }
  await using peer = await connect(`${server.wsUrl}/who`, { headers })
  expect(await peer.next()).toBe("127.0.0.1")
  expect((await refused(`${server.wsUrl}/who`, { headers, origin: "http://evil.com" })).statusCode).toBe(403)
})
