import type { HandshakeAnswer, WsHandshake } from "../../gateway/ws-handshake.ts"
import { deepEqual, equal, ok, refusedWith } from "../expect.ts"
import { gate, scenario, type Scenario } from "../scenario.ts"

/** G7: rejections that a browser, or our own SDK, can read: as close codes. */
export const farewells: readonly Scenario[] = [
  scenario("G7a", "close() accepts and closes at once; the gateway never sees the client", async ({ serve }) => {
    const seen: string[] = []
    const { connect } = await serve({
      path: "/:who",
      options: { maxConnections: 1 },
      onHandshake: (handshake) => handshake.params["who"] === "friend" || handshake.close(4001, "session ended"),
      onConnect: () => void seen.push("connect"),
      onMessage: (client, message) => client.send(message),
      onDisconnect: () => void seen.push("disconnect"),
    })
    for (const who of ["first", "second"]) {
      deepEqual(await (await connect(`/${who}`)).closed, { code: 4001, reason: "session ended" })
    }
    const friend = await connect("/friend")
    friend.send("hello")
    equal(await friend.nextText(), "hello")
    deepEqual(seen, ["connect"])
  }),

  scenario(
    "G7a",
    "a protocol that the client offered is answered, or a browser would not listen",
    async ({ serve }) => {
      const { connect } = await serve({
        path: "/chat",
        onHandshake: (handshake) => handshake.close(4001, "no"),
        onMessage() {},
      })
      const offers = [["v9"], ["toni.bearer.c2VjcmV0", "v9", "v8"], ["v9", "toni"], ["toni.bearer.c2VjcmV0"], []]
      const answers = []
      for (const protocols of offers) answers.push((await connect("/chat", { protocols })).protocol)
      deepEqual(answers, ["v9", "v9", "toni", "", ""])
    },
  ),

  scenario("G7a G21b", "nothing is left of who was turned away, and closing waits for nobody", async ({ serve }) => {
    const { app, clock, connect } = await serve({
      path: "/chat",
      onHandshake: (handshake) => handshake.close(4001, "no"),
      onMessage() {},
    })
    await (
      await connect("/chat")
    ).closed
    await app.close()
    await clock.advance(0)
    equal(clock.timers, 0)
  }),

  scenario("G7a G6c", "a forgotten return does not take a close() back", async ({ serve }) => {
    const hooks: Record<string, (handshake: WsHandshake) => HandshakeAnswer> = {
      forgets: (handshake) => void handshake.close(4001, ""),
      accepts(handshake) {
        handshake.close(4001, "")
        return handshake.accept()
      },
      rejects(handshake) {
        handshake.close(4001, "")
        return handshake.reject(401)
      },
    }
    const { connect } = await serve({
      path: "/:how",
      onHandshake: (handshake) => hooks[handshake.params["how"] ?? ""]?.(handshake),
      onMessage() {},
    })
    for (const how of Object.keys(hooks)) equal((await (await connect(`/${how}`)).closed).code, 4001, how)
  }),

  scenario("G7b", "who offers toni is told a rejection by close code", async ({ serve }) => {
    const comesBack = { 401: 4401, 408: 4408, 425: 4425, 429: 4429 }
    const final = { 300: 4500, 399: 4500, 400: 4500, 402: 4502, 403: 4503, 404: 4504, 426: 4526, 499: 4599 }
    const ours = { 500: 1013, 503: 1013, 599: 1013 }
    const { connect } = await serve({
      path: "/:status",
      onHandshake: (handshake) => handshake.reject(Number(handshake.params["status"]), "go away"),
      onMessage() {},
    })
    for (const [status, code] of Object.entries({ ...comesBack, ...final, ...ours })) {
      const client = await connect(`/${status}`, { protocols: ["toni"] })
      deepEqual([client.protocol, await client.closed], ["toni", { code, reason: "go away" }], status)
    }
  }),

  scenario("G7b", "what Retry-After would say stands in the reason, which fits a Close", async ({ serve }) => {
    const { connect } = await serve({
      path: "/:wait",
      onHandshake(handshake) {
        const wait = decodeURIComponent(handshake.params["wait"] ?? "")
        const headers: Record<string, string> = wait === "none" ? {} : { "retry-after": wait }
        return handshake.reject(429, wait === "long" ? "é".repeat(100) : "", headers)
      },
      onMessage() {},
    })
    const reasons = {
      30: "retry-after=30",
      "Thu, 01 Jan 2026 00:01:00 GMT": "retry-after=60",
      "Wed, 31 Dec 2025 00:00:00 GMT": "retry-after=0",
      soon: "",
      none: "",
      long: "é".repeat(61),
    }
    for (const [wait, reason] of Object.entries(reasons)) {
      const client = await connect(`/${encodeURIComponent(wait)}`, { protocols: ["toni"] })
      deepEqual(await client.closed, { code: 4429, reason }, wait)
    }
  }),

  scenario("G7b", "so are the rejections that are not the hook's", async ({ serve }) => {
    const { connect } = await serve({
      path: "/chat/:what",
      options: { maxConnectionsPerAddress: 1, trustProxy: 1 },
      onHandshake({ params }) {
        if (params["what"] === "throws") throw new Error("hunter2")
        return params["what"] !== "false"
      },
      onMessage() {},
    })
    const codeOf = async (target: string, headers: Readonly<Record<string, string>> = {}) => {
      const client = await connect(target, { protocols: ["toni"], headers })
      return (await client.closed).code
    }
    await connect("/chat/stays", { headers: { "x-forwarded-for": "192.0.2.1" } })
    equal(await codeOf("/unknown"), 4504)
    equal(await codeOf("/chat/%zz"), 4500)
    equal(await codeOf("/chat/false"), 4503)
    equal(await codeOf("/chat/throws"), 1013)
    equal(await codeOf("/chat/foreign", { origin: "https://elsewhere.example" }), 4503)
    equal(await codeOf("/chat/crowded", { "x-forwarded-for": "192.0.2.1" }), 4429)
  }),

  scenario("G7b G21a", "who offers toni while the application closes gets 1013", async ({ serve }) => {
    const working = gate()
    const handling = gate()
    const { app, connect, connectEarly } = await serve({
      path: "/chat",
      onMessage() {
        working.open()
        return handling.promise
      },
    })
    const client = await connect("/chat")
    const connectLater = await connectEarly()
    client.send("take your time")
    await working.promise
    const closing = app.close()
    const late = await connectLater("/chat", { protocols: ["toni"] })
    deepEqual(await late.closed, { code: 1013, reason: "retry-after=5; The server is shutting down." })
    handling.open()
    await closing
  }),

  scenario(
    "G7b G9b",
    "who is told goodbye and does not answer keeps the slot until the connection is gone",
    async ({ serve }) => {
      const { clock, connect } = await serve({
        path: "/:who",
        options: { maxConnections: 1, closeTimeout: 700 },
        onHandshake: ({ params }) => params["who"] === "friend",
        onConnect: (client) => client.send("in"),
        onMessage() {},
      })
      const stays = await connect("/stranger", { protocols: ["toni"], answersCloses: false })
      equal((await refusedWith(connect("/friend"))).status, 503)
      await clock.advance(700)
      equal((await stays.closed).code, 4503)
      equal(await (await connect("/friend")).nextText(), "in")
    },
    "wire closeHandshake",
  ),

  scenario(
    "G7b",
    "only so many are told goodbye at a time who have no slot of a gateway; who comes then is told by status",
    async ({ serve }) => {
      const { clock, connect } = await serve({ path: "/chat", onMessage() {} })
      const stranger = () => connect("/unknown", { protocols: ["toni"], answersCloses: false })
      const told = []
      let refused: number | undefined
      while (refused === undefined && told.length <= 200) {
        try {
          told.push(await stranger())
        } catch (error) {
          refused = (error as { readonly status?: number }).status
        }
      }
      equal(refused, 404)
      ok(told.length <= 100, `${told.length} at a time`)
      await clock.advance(5_000)
      for (const client of told) equal((await client.closed).code, 4504)
      equal((await (await connect("/unknown", { protocols: ["toni"] })).closed).code, 4504)
    },
    "wire closeHandshake",
  ),

  scenario(
    "G7a G18b",
    "a peer that does not answer the Close is cut after closeTimeout",
    async ({ serve }) => {
      const { clock, connect } = await serve({
        path: "/chat",
        options: { closeTimeout: 700 },
        onHandshake: (handshake) => handshake.close(4001, "no"),
        onMessage() {},
      })
      const client = await connect("/chat", { answersCloses: false })
      await clock.advance(699)
      equal(client.isOpen, true)
      await clock.advance(1)
      deepEqual(await client.closed, { code: 4001, reason: "no" })
    },
    "wire closeHandshake",
  ),
]
