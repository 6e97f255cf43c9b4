import type { DisconnectReason } from "../../message/disconnect-reason.ts"
import { WsMessage } from "../../message/ws-message.ts"
import { deepEqual, equal, ok } from "../expect.ts"
import { clientFrame, closeFrame, opcode } from "../frame.ts"
import { gate, scenario, type Scenario } from "../scenario.ts"
import { overTcp } from "../tcp-client.ts"

/** RFC 6455 sections 5.5 and 7: pings, pongs and Closes, and connections that end without. */
export const controlFrames: readonly Scenario[] = [
  scenario(
    "RFC6455-5.5.2 G12d",
    "a ping is answered with its own payload, and no hook sees it",
    async ({ serve }) => {
      const seen: string[] = []
      const { connect } = await serve({
        path: "/chat",
        onMessage(client, message) {
          seen.push(message.kind)
          return client.send(message)
        },
      })
      const client = await connect("/chat")
      for (const payload of ["", "a", "x".repeat(125)]) {
        client.send(WsMessage.ping(Buffer.from(payload)))
        const pong = await client.nextControl()
        deepEqual([pong.kind, Buffer.from(pong.asBinary() ?? []).toString()], ["pong", payload])
      }
      client.send("text")
      equal(await client.nextText(), "text")
      deepEqual(seen, ["text"])
    },
    "wire",
  ),

  scenario(
    "RFC6455-5.5.2 G12d",
    "pings that come in one piece are all answered, in order",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/chat", onMessage: (client, message) => client.send(message) })
      const client = overTcp(await connect("/chat"))
      for (let round = 0; round < 3; round++) {
        const payloads = Array.from({ length: 10 }, (_, index) => `ping ${round} ${index}`)
        client.write(Buffer.concat(payloads.map((payload) => clientFrame({ opcode: opcode.ping, payload }))))
        for (const payload of payloads) {
          equal(Buffer.from((await client.nextControl()).asBinary() ?? []).toString(), payload)
        }
      }
    },
    "wire",
  ),

  scenario(
    "RFC6455-5.5.3 G12d",
    "pings of a peer that does not read pile up no pongs",
    async ({ serve }) => {
      const pending = gate<number>()
      const { connect } = await serve({
        path: "/chat",
        onMessage: (client) => pending.open(client.bufferedAmount),
      })
      const client = overTcp(await connect("/chat"))
      client.pauseReading()
      const pings = Buffer.concat(Array(1_000).fill(clientFrame({ opcode: opcode.ping, payload: "x".repeat(125) })))
      for (let round = 0; round < 200; round++) client.write(pings)
      client.send("behind the pings")
      ok((await pending.promise) < 65_536)
    },
    "wire",
  ),

  scenario(
    "RFC6455-5.5.3 G12d",
    "a pong that nobody asked for is taken in silence",
    async ({ serve }) => {
      const seen: string[] = []
      const { connect } = await serve({
        path: "/chat",
        onMessage(client, message) {
          seen.push(message.kind)
          return client.send(message)
        },
      })
      const client = await connect("/chat")
      client.send(WsMessage.pong(Buffer.from("unasked")))
      client.send("text")
      equal(await client.nextText(), "text")
      deepEqual(seen, ["text"])
    },
    "wire",
  ),

  scenario(
    "RFC6455-5.4",
    "pings and pongs may stand between the fragments of a message, and are answered at once",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/chat", onMessage: (client, message) => client.send(message) })
      const client = overTcp(await connect("/chat"))
      client.frame({ opcode: opcode.text, payload: "Hel", fin: false })
      client.frame({ opcode: opcode.ping, payload: "between" })
      equal(Buffer.from((await client.nextControl()).asBinary() ?? []).toString(), "between")
      client.frame({ opcode: opcode.pong })
      client.frame({ opcode: opcode.continuation, payload: "lo" })
      equal(await client.nextText(), "Hello")
    },
    "wire",
  ),

  scenario(
    "RFC6455-5.5.1",
    "a Close is answered with a Close that has the same code and the same reason",
    async ({ serve }) => {
      const reasons: DisconnectReason[] = []
      let left = gate()
      const { connect } = await serve({
        path: "/chat",
        onMessage() {},
        onDisconnect(_client, reason) {
          reasons.push(reason)
          left.open()
        },
      })
      const codes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
      for (const code of codes) {
        left = gate()
        const client = await connect("/chat")
        deepEqual(await client.close(code, "tschüß"), { code, reason: "tschüß" })
        await left.promise
      }
      deepEqual(
        reasons,
        codes.map((code) => ({ kind: "client", code, reason: "tschüß" })),
      )
    },
    "closeHandshake",
  ),

  scenario(
    "RFC6455-7.1.5",
    "a Close without a code is answered with one without, and known as 1005",
    async ({ serve }) => {
      const left = gate<DisconnectReason>()
      const { connect } = await serve({
        path: "/chat",
        onMessage() {},
        onDisconnect: (_client, reason) => left.open(reason),
      })
      const client = await connect("/chat")
      deepEqual(await client.close(), { code: 1005, reason: "" })
      deepEqual(await left.promise, { kind: "client", code: 1005, reason: "" })
    },
    "closeHandshake",
  ),

  scenario(
    "RFC6455-5.5.1",
    "a reason may be as long as a control frame allows",
    async ({ serve }) => {
      const left = gate<DisconnectReason>()
      const { connect } = await serve({
        path: "/chat",
        onMessage() {},
        onDisconnect: (_client, reason) => left.open(reason),
      })
      const reason = `${"é".repeat(61)}!`
      deepEqual(await (await connect("/chat")).close(4000, reason), { code: 4000, reason })
      deepEqual(await left.promise, { kind: "client", code: 4000, reason })
    },
    "closeHandshake",
  ),

  scenario(
    "RFC6455-5.5.1 G13a",
    "what comes behind a Close is ignored",
    async ({ serve }) => {
      const seen: unknown[] = []
      const left = gate()
      const { connect } = await serve({
        path: "/chat",
        onMessage: (_client, message) => void seen.push(message.asText()),
        onDisconnect(_client, reason) {
          seen.push(reason)
          left.open()
        },
      })
      const client = overTcp(await connect("/chat"))
      const late = [
        clientFrame({ opcode: opcode.text, payload: "before" }),
        closeFrame(4000, "first"),
        clientFrame({ opcode: opcode.text, payload: "behind" }),
        closeFrame(4001, "second"),
        clientFrame({ opcode: 3, masked: false }),
      ]
      client.write(Buffer.concat(late))
      equal((await client.closed).code, 4000)
      await left.promise
      deepEqual(seen, ["before", { kind: "client", code: 4000, reason: "first" }])
    },
    "wire closeHandshake",
  ),

  scenario(
    "RFC6455-7.1.5 G13a",
    "both sides may close in the same moment: each keeps its own code",
    async ({ serve }) => {
      const reasons: DisconnectReason[] = []
      const left = gate()
      const { connect } = await serve({
        path: "/chat",
        onMessage: (client) => void client.close(4001, "server"),
        onDisconnect(_client, reason) {
          reasons.push(reason)
          left.open()
        },
      })
      const client = overTcp(await connect("/chat"))
      const closing = clientFrame({ opcode: opcode.text, payload: "close" })
      client.write(Buffer.concat([closing, closeFrame(4002, "client")]))
      deepEqual(await client.closed, { code: 4001, reason: "server" })
      await left.promise
      deepEqual(reasons, [{ kind: "server", code: 4001, reason: "server" }])
    },
    "wire closeHandshake",
  ),

  scenario(
    "RFC6455-7.1.1 G13a",
    "an end without a Close is a loss, in the middle of a frame too",
    async ({ serve }) => {
      const reasons: string[] = []
      let left = gate()
      const { connect } = await serve({
        path: "/chat",
        onMessage() {},
        onDisconnect(_client, reason) {
          reasons.push(reason.kind)
          left.open()
        },
      })
      const half = clientFrame({ opcode: opcode.text, payload: "never finished" }).subarray(0, 12)
      const unfinished = clientFrame({ opcode: opcode.text, payload: "never continued", fin: false })
      for (const bytes of [Buffer.alloc(0), half, unfinished]) {
        left = gate()
        const client = overTcp(await connect("/chat"))
        client.write(bytes)
        client.halfClose()
        deepEqual(await client.closed, { code: 1006, reason: "" })
        await left.promise
      }
      deepEqual(reasons, ["lost", "lost", "lost"])
    },
    "wire",
  ),

  scenario(
    "RFC6455-7.1.1 G13a",
    "a reset is a loss",
    async ({ serve }) => {
      const reasons: string[] = []
      let left = gate()
      const { connect } = await serve({
        path: "/chat",
        onMessage: (client, message) => client.send(message),
        onDisconnect(_client, reason) {
          reasons.push(reason.kind)
          left.open()
        },
      })
      const half = clientFrame({ opcode: opcode.text, payload: "never finished" }).subarray(0, 12)
      for (const bytes of [Buffer.alloc(0), half]) {
        left = gate()
        const client = overTcp(await connect("/chat"))
        client.send("here")
        equal(await client.nextText(), "here")
        client.write(bytes)
        client.reset()
        await left.promise
      }
      deepEqual(reasons, ["lost", "lost"])
    },
    "wire",
  ),
]
