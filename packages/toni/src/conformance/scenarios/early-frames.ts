import { deepEqual, equal, ok, refusedWith } from "../expect.ts"
import { clientFrame, closeFrame, opcode } from "../frame.ts"
import { gate, scenario, type Scenario } from "../scenario.ts"
import { overTcp } from "../tcp-client.ts"

/** Text frames in one piece. */
function texts(...payloads: readonly string[]): Buffer {
  return Buffer.concat(payloads.map((payload) => clientFrame({ opcode: opcode.text, payload })))
}

/** What comes behind the request in the same segment, or before the answer. For adapters whose peers speak bytes. */
export const earlyFrames: readonly Scenario[] = [
  scenario(
    "G9a G11a",
    "frames in the segment of the request are handled, in order",
    async ({ serve }) => {
      const { connect } = await serve({
        path: "/:when",
        onHandshake: ({ params }) => (params["when"] === "now" ? true : Promise.resolve(true)),
        onConnect: (client) => client.send("connected"),
        onMessage: (client, message) => client.send(message),
      })
      for (const target of ["/now", "/later"]) {
        const client = await connect(target, { early: texts("one", "two", "three") })
        client.send("four")
        const answers = []
        for (let count = 0; count < 5; count++) answers.push(await client.nextText())
        deepEqual(answers, ["connected", "one", "two", "three", "four"])
      }
    },
    "wire earlyFrames",
  ),

  scenario(
    "G9a",
    "frames that come while the hook decides follow those of the first segment",
    async ({ serve }) => {
      const asked = gate()
      const deciding = gate<boolean>()
      const { connect } = await serve({
        path: "/chat",
        onHandshake() {
          asked.open()
          return deciding.promise
        },
        onMessage: (client, message) => client.send(message),
      })
      const frame = clientFrame({ opcode: opcode.text, payload: "cut in two" })
      const more = gate<Uint8Array>()
      const connecting = connect("/chat", {
        early: Buffer.concat([texts("first"), frame.subarray(0, 9)]),
        later: more.promise,
      })
      await asked.promise
      more.open(Buffer.concat([frame.subarray(9), texts("last")]))
      deciding.open(true)
      const client = await connecting
      const answers = []
      for (let count = 0; count < 3; count++) answers.push(await client.nextText())
      deepEqual(answers, ["first", "cut in two", "last"])
    },
    "wire earlyFrames",
  ),

  scenario(
    "G9a",
    "more than an adapter may keep waits in the network, and is handled in the end",
    async ({ serve }) => {
      const asked = gate()
      const deciding = gate<boolean>()
      const { clock, connect } = await serve({
        path: "/chat",
        onHandshake() {
          asked.open()
          return deciding.promise
        },
        onMessage: (client, message) => client.send(String(message.byteLength)),
      })
      const sizes = [100_000, 200_000, 300_000, 5]
      const connecting = connect("/chat", { early: texts(...sizes.map((size) => "x".repeat(size))) })
      await asked.promise
      for (let turn = 0; turn < 20; turn++) await clock.advance(0)
      deciding.open(true)
      const client = await connecting
      for (const size of sizes) equal(await client.nextText(), String(size))
    },
    "wire earlyFrames",
  ),

  scenario(
    "G9a G13b",
    "who says goodbye at once is connected, heard and disconnected",
    async ({ serve }) => {
      const seen: unknown[] = []
      const left = gate()
      const { connect } = await serve({
        path: "/chat",
        async onHandshake() {
          await Promise.resolve()
        },
        onConnect: () => void seen.push("connect"),
        onMessage: (_client, message) => void seen.push(message.asText()),
        onDisconnect(_client, reason) {
          seen.push(reason)
          left.open()
        },
      })
      const early = Buffer.concat([texts("hello"), closeFrame(4000, "in a hurry")])
      equal((await (await connect("/chat", { early })).closed).code, 4000)
      await left.promise
      deepEqual(seen, ["connect", "hello", { kind: "client", code: 4000, reason: "in a hurry" }])
    },
    "wire earlyFrames",
  ),

  scenario(
    "G7a",
    "who has said a lot already is told goodbye all the same",
    async ({ serve }) => {
      const { connect } = await serve({
        path: "/:when",
        onHandshake(handshake) {
          const answer = handshake.close(4001, "not you")
          return handshake.params["when"] === "now" ? answer : Promise.resolve(answer)
        },
        onMessage() {},
      })
      for (const target of ["/now", "/later"]) {
        const client = await connect(target, { early: texts("x".repeat(10_000), "y".repeat(100_000)) })
        deepEqual(await client.closed, { code: 4001, reason: "not you" })
      }
    },
    "wire earlyFrames",
  ),

  scenario(
    "G5b",
    "what is pipelined behind a refused upgrade is never answered, and the connection ends",
    async ({ serve }) => {
      const { connect } = await serve({
        path: "/:when",
        onHandshake: ({ params }) => (params["when"] === "now" ? false : Promise.resolve(false)),
        onMessage() {},
      })
      const early = Buffer.from("GET /admin HTTP/1.1\r\nHost: inside\r\n\r\n")
      for (const target of ["/now", "/later", "/no/where"]) {
        // The body is read until the server has ended the connection.
        const { headers, body } = await refusedWith(connect(target, { early }))
        equal(headers["connection"], "close")
        equal(Buffer.byteLength(body), Number(headers["content-length"]))
        ok(!body.includes("HTTP/1.1"))
      }
    },
    "wire",
  ),

  scenario(
    "G5a G5b",
    "an upgrade request with a body is answered with 400, and the body with nothing",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/chat", onMessage() {} })
      const smuggled = "GET /admin HTTP/1.1\r\nHost: inside\r\n\r\n"
      const bodies = [
        { headers: { "content-length": String(smuggled.length) }, early: smuggled },
        {
          headers: { "transfer-encoding": "chunked" },
          early: `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
        },
      ]
      for (const { headers, early } of bodies) {
        const refused = await refusedWith(connect("/chat", { headers, early: Buffer.from(early) }))
        equal(refused.status, 400)
        ok(!refused.body.includes("HTTP/1.1"))
      }
    },
    "wire rawHead",
  ),

  scenario(
    "G9a",
    "a reset, or an end without a Close, while the hook decides is a peer that has vanished",
    async ({ serve }) => {
      const connected: string[] = []
      const asked = { reset: gate<AbortSignal>(), end: gate<AbortSignal>() }
      const { connect } = await serve({
        path: "/:how",
        onHandshake({ params, signal }) {
          if (params["how"] === "next") return true
          asked[params["how"] as "reset" | "end"].open(signal)
          return new Promise<boolean>((resolve) => signal.addEventListener("abort", () => resolve(true)))
        },
        onConnect: (client) => void connected.push(client.params["how"] ?? ""),
        onMessage: (client, message) => client.send(message),
      })
      for (const how of ["reset", "end"] as const) {
        const leaving = gate<"reset" | "end">()
        const gone = connect(`/${how}`, { leaves: leaving.promise }).catch(() => "gone")
        const signal = await asked[how].promise
        leaving.open(how)
        await new Promise((resolve) => signal.addEventListener("abort", resolve))
        equal(await gone, "gone")
      }
      const next = overTcp(await connect("/next"))
      next.send("hello")
      equal(await next.nextText(), "hello")
      deepEqual(connected, ["next"])
    },
    "wire",
  ),
]
