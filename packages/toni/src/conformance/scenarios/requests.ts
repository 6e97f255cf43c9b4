import { deepEqual, equal, refusedWith } from "../expect.ts"
import { gate, scenario, type Scenario } from "../scenario.ts"

/** G5 and G9b: requests that are refused before a gateway is asked. */
export const requests: readonly Scenario[] = [
  scenario("G5a", "a path without a gateway is answered with 404", async ({ serve }) => {
    const { connect } = await serve({ path: "/chat", onMessage() {} })
    equal((await refusedWith(connect("/chats"))).status, 404)
  }),

  scenario(
    "G5a",
    "another version than 13 is answered with 426 and told which one is spoken",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/chat", onMessage() {} })
      for (const version of ["8", "12", "14", "13, 8", "013", "x"]) {
        const refused = await refusedWith(connect("/chat", { headers: { "sec-websocket-version": version } }))
        deepEqual([refused.status, refused.headers["sec-websocket-version"]], [426, "13"], version)
      }
    },
    "rawHead",
  ),

  scenario(
    "G5a",
    "an upgrade that offers another protocol as well is a WebSocket handshake",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/chat", onConnect: (client) => client.send("in"), onMessage() {} })
      for (const upgrade of ["websocket, h2c", "h2c, WebSocket"]) {
        equal(await (await connect("/chat", { headers: { upgrade } })).nextText(), "in", upgrade)
      }
    },
    "rawHead",
  ),

  scenario(
    "G5a",
    "another method than GET is answered with 405",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/chat", onMessage() {} })
      for (const method of ["POST", "PUT", "OPTIONS"]) {
        const refused = await refusedWith(connect("/chat", { method }))
        deepEqual([refused.status, refused.headers["allow"]], [405, "GET"], method)
      }
    },
    "rawHead",
  ),

  scenario(
    "G5a",
    "a handshake that lacks a header is answered with 400",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/chat", onMessage() {} })
      for (const name of ["host", "sec-websocket-key", "sec-websocket-version"]) {
        equal((await refusedWith(connect("/chat", { headers: { [name]: undefined } }))).status, 400, name)
      }
    },
    "rawHead",
  ),

  scenario(
    "G5a",
    "a key that is not 16 bytes in base64 is answered with 400",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/chat", onMessage() {} })
      const keys = [
        "",
        "x",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZR==",
        "dGhlIHNhbXBsZSBub25jZSE=",
        "_-".repeat(12),
      ]
      for (const key of keys) {
        equal((await refusedWith(connect("/chat", { headers: { "sec-websocket-key": key } }))).status, 400, key)
      }
    },
    "rawHead",
  ),

  scenario(
    "G5a",
    "a header that may come once and comes twice is answered with 400",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/chat", options: { origins: "any" }, onMessage() {} })
      const twice = {
        host: ["a.example", "b.example"],
        origin: ["http://a.example", "http://b.example"],
        "sec-websocket-key": ["dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="],
        "sec-websocket-version": ["13", "13"],
      }
      for (const [name, values] of Object.entries(twice)) {
        equal((await refusedWith(connect("/chat", { headers: { [name]: values } }))).status, 400, name)
      }
    },
    "rawHead",
  ),

  scenario(
    "G5a",
    "an older version of HTTP is answered with 400",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/chat", onMessage() {} })
      equal((await refusedWith(connect("/chat", { httpVersion: "1.0" }))).status, 400)
    },
    "rawHead",
  ),

  scenario(
    "G5a",
    "a list of subprotocols that is malformed is answered with 400",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/chat", onMessage() {} })
      for (const list of ["v1,,v2", "v1, v1", "v 1", "v1;q=1", '"v1"', "v1/2"]) {
        equal((await refusedWith(connect("/chat", { headers: { "sec-websocket-protocol": list } }))).status, 400, list)
      }
    },
    "rawHead",
  ),

  scenario("G9b", "a slot is taken while the hook decides, and given back when it says no", async ({ serve }) => {
    const asked = gate()
    const deciding = gate<boolean>()
    const { connect } = await serve({
      path: "/chat",
      options: { maxConnections: 1 },
      onHandshake() {
        asked.open()
        return deciding.promise
      },
      onMessage() {},
    })
    const first = refusedWith(connect("/chat"))
    await asked.promise
    equal((await refusedWith(connect("/chat"))).status, 503)
    deciding.open(false)
    equal((await first).status, 403)
    equal((await refusedWith(connect("/chat"))).status, 403)
  }),

  scenario("G9b", "a slot is taken while onConnect runs", async ({ serve }) => {
    const connected = gate()
    const { connect } = await serve({
      path: "/chat",
      options: { maxConnections: 1 },
      onConnect: () => connected.promise,
      onMessage: (client, message) => client.send(message),
    })
    const first = await connect("/chat")
    equal((await refusedWith(connect("/chat"))).status, 503)
    connected.open()
    first.send("served")
    equal(await first.nextText(), "served")
  }),

  scenario(
    "G8b G5a",
    "behind a proxy, maxConnectionsPerAddress counts the addresses that it names",
    async ({ serve }) => {
      const { connect } = await serve({
        path: "/chat",
        options: { maxConnectionsPerAddress: 2, trustProxy: 1 },
        onConnect: (client) => client.send(client.remoteAddress),
        onMessage() {},
      })
      const from = (address: string) => connect("/chat", { headers: { "x-forwarded-for": address } })
      await from("192.0.2.1")
      await from("192.0.2.1")
      const refused = await refusedWith(from("192.0.2.1"))
      deepEqual([refused.status, Number(refused.headers["retry-after"]) > 0], [429, true])
      equal(await (await from("192.0.2.2")).nextText(), "192.0.2.2")
    },
  ),

  scenario("G8b", "addresses of one IPv6 network of 64 bits count as one", async ({ serve }) => {
    const { connect } = await serve({
      path: "/chat",
      options: { maxConnectionsPerAddress: 1, trustProxy: 1 },
      onConnect: (client) => client.send(client.remoteAddress),
      onMessage() {},
    })
    const from = (address: string) => connect("/chat", { headers: { "x-forwarded-for": address } })
    await from("2001:db8:1:2::1")
    equal((await refusedWith(from("2001:db8:1:2:ffff::9"))).status, 429)
    equal(await (await from("2001:db8:1:3::1")).nextText(), "2001:db8:1:3::1")
  }),

  scenario("G5a G21a", "from the moment of app.close() it is 503", async ({ serve }) => {
    const handling = gate()
    const asked = gate()
    const { app, connect, connectEarly } = await serve({
      path: "/chat",
      onMessage() {
        asked.open()
        return handling.promise
      },
    })
    const client = await connect("/chat")
    const connectLater = await connectEarly()
    client.send("take your time")
    await asked.promise
    const closing = app.close()
    const refused = await refusedWith(connectLater("/chat"))
    deepEqual([refused.status, Number(refused.headers["retry-after"]) > 0], [503, true])
    handling.open()
    deepEqual((await client.closed).code, 1001)
    await closing
  }),

  scenario("G5a G21a", "who was let in by a hook that the closing overtook gets 503", async ({ serve }) => {
    const asked = gate()
    const deciding = gate<boolean>()
    const handling = gate()
    const working = gate()
    const { app, connect } = await serve({
      path: "/:who",
      onHandshake({ params }) {
        if (params["who"] === "early") return true
        asked.open()
        return deciding.promise
      },
      onMessage() {
        working.open()
        return handling.promise
      },
    })
    const early = await connect("/early")
    early.send("take your time")
    await working.promise
    const late = refusedWith(connect("/late"))
    await asked.promise
    const closing = app.close()
    deciding.open(true)
    equal((await late).status, 503)
    handling.open()
    await closing
  }),
]
