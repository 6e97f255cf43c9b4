import { AsyncLocalStorage } from "node:async_hooks"
import type { WsClient } from "../../connection/ws-client.ts"
import type { Gateway } from "../../gateway/gateway.ts"
import { WsMessage } from "../../message/ws-message.ts"
import { deepEqual } from "../expect.ts"
import { clientFrame, opcode } from "../frame.ts"
import { gate, scenario, type Gate, type Scenario } from "../scenario.ts"
import { connectTcp, deflated, rsv1 } from "./compressing-peer.ts"

/** In whose context something runs. */
export const tenants: AsyncLocalStorage<string> = new AsyncLocalStorage()

interface Witness extends Gateway {
  /** Hooks that ran in somebody's context, each with whose it was. */
  readonly strayed: readonly string[]
  readonly arrived: readonly WsClient[]
  readonly left: Promise<void>
  act: (client: WsClient, text: string) => unknown
}

/** A gateway whose hooks write down in whose context they run, and act in the context of their own client. */
function witness(): Witness {
  const strayed: string[] = []
  const arrived: WsClient[] = []
  const left: Gate = gate()
  const look = (hook: string): void => {
    const tenant = tenants.getStore()
    if (tenant !== undefined) strayed.push(`${hook} of another in the context of ${tenant}`)
  }
  return {
    path: "/echo",
    strayed,
    arrived,
    left: left.promise,
    act: () => undefined,
    onHandshake: () => look("onHandshake"),
    onConnect(client) {
      look("onConnect")
      arrived.push(client)
    },
    onMessage(client, message) {
      look("onMessage")
      return tenants.run(client.id, () => this.act(client, message.asText() ?? "")) as Promise<void>
    },
    onDisconnect() {
      look("onDisconnect")
      left.open()
    },
  }
}

/** What one client may do to another, and ends it. */
const endings: readonly (readonly [how: string, act: (other: WsClient) => unknown])[] = [
  ["closes", (other) => other.close(4_000)],
  ["cuts", (other) => other.terminate()],
  [
    "floods",
    (other) => {
      void other.send(new Uint8Array(16_000_000))
      void other.send("too much")
      other.terminate()
    },
  ],
]

/** G12e: no hook runs in the `AsyncLocalStorage` of another client. */
export const contexts: readonly Scenario[] = [
  scenario("G12e", "a handshake and its onConnect run in nobody's context, whoever connects", async ({ serve }) => {
    const gateway = witness()
    const { connect } = await serve(gateway)
    const peer = await tenants.run("whoever connects", () => connect("/echo"))
    tenants.run("whoever sends", () => peer.send("hello"))
    await tenants.run("whoever closes", () => peer.close(1000))
    await gateway.left
    deepEqual(gateway.strayed, [])
  }),

  scenario(
    "G12e",
    "messages are handled in nobody's context, while another client sends in its own",
    async ({ serve }) => {
      const gateway = witness()
      const { connect } = await serve(gateway)
      const [busy, stream] = [await connect("/echo"), await connect("/echo")]
      const [sender, receiver] = gateway.arrived as [WsClient, WsClient]
      const complete = gate()
      let missing = 3_000
      gateway.act = (client) => {
        if (client === sender) return Promise.all([client.send("more"), receiver.send("to you")])
        if (--missing === 0) complete.open()
        return undefined
      }
      await receiver.subscribe("news")
      busy.send("begin")
      // More than is handled in a turn: the rest is read on in a turn that the busy one has asked for.
      for (let count = missing; count > 0; count--) stream.send(new Uint8Array(1_000))
      let isComplete = false
      void complete.promise.then(() => (isComplete = true))
      while (!isComplete) {
        await busy.nextMessage()
        busy.send("again")
      }
      deepEqual(gateway.strayed, [])
    },
  ),

  scenario(
    "G12e",
    "what is inflated behind all that others have compressed is handled in nobody's context",
    async ({ serve }) => {
      const gateway = witness()
      const served = await serve(gateway, { defaults: { compression: true, maxBackpressure: "unlimited" } })
      const other = await connectTcp(served)
      const [inflated] = gateway.arrived as [WsClient]
      // One after the other for each client: it takes many to keep a library busy.
      const busy = await Promise.all(Array.from({ length: 16 }, () => connectTcp(served)))
      const heard = gate()
      let missing = busy.length
      gateway.act = (client) => {
        if (client === inflated) return heard.open()
        for (let count = 0; count < 20; count++) void client.send("more ".repeat(20_000))
        if (--missing > 0) return undefined
        other.write(clientFrame({ opcode: opcode.binary, rsv: rsv1, payload: deflated(new Uint8Array(1_000)) }))
        return undefined
      }
      for (const peer of busy) peer.send("begin")
      await heard.promise
      deepEqual(gateway.strayed, [])
    },
    "compression",
  ),

  scenario(
    "G12e",
    "compressed messages are handled in nobody's context, while another client sends in its own",
    async ({ serve }) => {
      const gateway = witness()
      const served = await serve(gateway, { defaults: { compression: true } })
      const [busy, stream] = [await connectTcp(served), await connectTcp(served)]
      const complete = gate()
      let missing = 12
      const [sender] = gateway.arrived as [WsClient]
      gateway.act = (client) => {
        if (client === sender) return client.send("more")
        if (--missing === 0) complete.open()
        return undefined
      }
      const big = clientFrame({ opcode: opcode.binary, rsv: rsv1, payload: deflated(new Uint8Array(300_000)) })
      busy.send("begin")
      stream.write(Buffer.concat(Array<Uint8Array>(missing).fill(big)))
      let isComplete = false
      void complete.promise.then(() => (isComplete = true))
      while (!isComplete) {
        await busy.nextMessage()
        busy.send("again")
      }
      deepEqual(gateway.strayed, [])
    },
    "compression",
  ),

  ...endings.map(([how, act]) =>
    scenario("G12e", `onDisconnect runs in nobody's context when another client ${how} this one`, async ({ serve }) => {
      const gateway = witness()
      const { connect } = await serve(gateway)
      const [one] = [await connect("/echo"), await connect("/echo")]
      gateway.act = () => void act(gateway.arrived[1] as WsClient)
      one.send(WsMessage.text("now"))
      await gateway.left
      deepEqual(gateway.strayed, [])
    }),
  ),

  scenario(
    "G12e G21a",
    "onDisconnect runs in nobody's context when a client closes the application",
    async ({ serve }) => {
      const gateway = witness()
      const { app, clock, connect } = await serve(gateway)
      const [one, other] = [await connect("/echo"), await connect("/echo")]
      const hangs = gate()
      const closing = gate()
      gateway.act = (_client, text) => {
        if (text === "hang") {
          hangs.open()
          return new Promise(() => undefined)
        }
        void app.close({ timeout: 1_000 })
        closing.open()
        return undefined
      }
      other.send("hang")
      await hangs.promise
      one.send("close")
      await closing.promise
      await clock.advance(10_000)
      await gateway.left
      deepEqual(gateway.strayed, [])
    },
  ),
]
