import type { HandshakeAnswer, WsHandshake } from "../../gateway/ws-handshake.ts"
import { deepEqual, equal } from "../expect.ts"
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
    const codes = { 400: 4500, 401: 4401, 403: 4503, 404: 4504, 429: 4529, 499: 4599, 500: 1013, 503: 1013 }
    const { connect } = await serve({
      path: "/:status",
      onHandshake: (handshake) => handshake.reject(Number(handshake.params["status"]), "go away"),
      onMessage() {},
    })
    for (const [status, code] of Object.entries(codes)) {
      const client = await connect(`/${status}`, { protocols: ["toni"] })
      deepEqual([client.protocol, await client.closed], ["toni", { code, reason: "go away" }], status)
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
    equal(await codeOf("/chat/crowded", { "x-forwarded-for": "192.0.2.1" }), 4529)
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
    equal((await (await connectLater("/chat", { protocols: ["toni"] })).closed).code, 1013)
    handling.open()
    await closing
  }),

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
