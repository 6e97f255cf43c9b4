import type { WsClient } from "../../connection/ws-client.ts"
import type { DisconnectReason } from "../../message/disconnect-reason.ts"
import { WsMessage } from "../../message/ws-message.ts"
import { settled } from "../../testing/test-clock.ts"
import { deepEqual, equal, ok, throwsCode } from "../expect.ts"
import { gate, scenario, type Gate, type Scenario } from "../scenario.ts"
import { overTcp } from "../tcp-client.ts"

const kibibyte = 1_024
const mebibyte = 1_048_576
/** More than the network takes from a peer that reads nothing. */
const flood = WsMessage.binary(new Uint8Array(16 * mebibyte))

/** A gateway that hands its client, and the reason why it left, to the scenario. */
function handingOver(): {
  path: string
  onConnect(client: WsClient): void
  onMessage(): void
  onDisconnect(client: WsClient, reason: DisconnectReason): void
  client: Gate<WsClient>
  left: Gate<DisconnectReason>
} {
  const client = gate<WsClient>()
  const left = gate<DisconnectReason>()
  return {
    path: "/feed",
    onConnect: client.open,
    onMessage: () => undefined,
    onDisconnect: (_client, reason) => left.open(reason),
    client,
    left,
  }
}

/** G15: what `send` takes, what it answers, and what becomes of a peer that does not read. */
export const sending: readonly Scenario[] = [
  scenario("G15a", "send answers true for what was taken, and false once the connection is gone", async ({ serve }) => {
    const gateway = handingOver()
    const { connect } = await serve(gateway)
    const peer = await connect("/feed")
    const client = await gateway.client.promise
    equal(await client.send("in time"), true)
    equal(await peer.nextText(), "in time")
    await peer.close(1000)
    await gateway.left.promise
    equal(await client.send("too late"), false)
  }),

  scenario(
    "G15a",
    "an argument that cannot be sent throws at the call, and the connection serves on",
    async ({ serve }) => {
      const gateway = handingOver()
      const { connect } = await serve(gateway)
      const peer = await connect("/feed")
      const client = await gateway.client.promise
      throwsCode("TONI_BAD_ARGUMENT", () => client.send({ text: "hi" } as never))
      await client.send("still here")
      equal(await peer.nextText(), "still here")
    },
  ),

  scenario("G15a H1", "a thousand messages arrive in the order in which they were sent", async ({ serve }) => {
    const gateway = handingOver()
    const { connect } = await serve(gateway)
    const peer = await connect("/feed")
    const client = await gateway.client.promise
    const sent = Array.from({ length: 1_000 }, (_, index) => `message ${index}`)
    for (const text of sent) void client.send(text)
    const received: string[] = []
    while (received.length < sent.length) received.push(await peer.nextText())
    deepEqual(received, sent)
  }),

  scenario("G15b", "while there is room, send answers one shared promise", async ({ serve }) => {
    const gateway = handingOver()
    const { connect } = await serve(gateway)
    await connect("/feed")
    const client = await gateway.client.promise
    const first = client.send("one")
    equal(client.send("two"), first)
    equal(await first, true)
  }),

  scenario("G15b", "send waits for a peer that does not read, until it reads", async ({ serve }) => {
    const gateway = handingOver()
    const { connect } = await serve(gateway)
    const peer = await connect("/feed")
    const client = await gateway.client.promise
    peer.pauseReading()
    const order: string[] = []
    const sending = client.send(flood).then(() => order.push("there is room"))
    await settled()
    order.push("the peer reads")
    peer.resumeReading()
    equal((await peer.nextMessage()).byteLength, flood.byteLength)
    await sending
    deepEqual(order, ["the peer reads", "there is room"])
  }),

  scenario("G15b", "a send that waits is let go when the connection ends", async ({ serve }) => {
    const gateway = handingOver()
    const { connect } = await serve(gateway)
    const peer = await connect("/feed")
    const client = await gateway.client.promise
    peer.pauseReading()
    const sending = client.send(flood)
    await settled()
    client.terminate()
    equal(await sending, true)
  }),

  scenario("G15d", "an array that was sent may be changed once flushed() has resolved", async ({ serve }) => {
    const gateway = handingOver()
    const { connect } = await serve(gateway, { defaults: { maxBackpressure: "unlimited" } })
    const peer = await connect("/feed")
    const client = await gateway.client.promise
    peer.pauseReading()
    const arrays = Array.from({ length: 400 }, (_, index) => new Uint8Array(32 * kibibyte).fill(index))
    for (const array of arrays) void client.send(array)
    const changed = client.flushed().then(() => arrays.forEach((array) => array.fill(0xff)))
    await settled()
    peer.resumeReading()
    for (let index = 0; index < arrays.length; index++) {
      const bytes = (await peer.nextMessage()).encode()
      equal(Buffer.compare(bytes, Buffer.alloc(32 * kibibyte, index)), 0)
    }
    await changed
    await client.send("all of them")
    equal(await peer.nextText(), "all of them")
    equal(await client.flushed(), undefined)
  }),

  scenario("G15d", "who waits for flushed() is let go when the connection ends", async ({ serve }) => {
    const gateway = handingOver()
    const { connect } = await serve(gateway)
    const peer = await connect("/feed")
    const client = await gateway.client.promise
    peer.pauseReading()
    void client.send(flood)
    const order: string[] = []
    const flushing = client.flushed().then(() => order.push("flushed"))
    await settled()
    order.push("the end")
    client.terminate()
    await flushing
    deepEqual(order, ["the end", "flushed"])
    await gateway.left.promise
    equal(await client.flushed(), undefined)
  }),

  scenario("G15c", "a message of any size is taken while nothing is pending", async ({ serve }) => {
    const gateway = handingOver()
    const { connect } = await serve(gateway, { defaults: { maxBackpressure: kibibyte } })
    const peer = await connect("/feed")
    const client = await gateway.client.promise
    equal(await client.send(WsMessage.binary(new Uint8Array(mebibyte))), true)
    equal((await peer.nextMessage()).byteLength, mebibyte)
    ok(client.isOpen)
  }),

  scenario(
    "G15c",
    "what comes on top of the limit closes the client as a slow consumer, with 1013",
    async ({ serve }) => {
      const gateway = handingOver()
      const { connect } = await serve(gateway)
      const peer = await connect("/feed")
      const client = await gateway.client.promise
      peer.pauseReading()
      void client.send(flood)
      equal(await client.send("on top"), false)
      peer.resumeReading()
      equal((await peer.closed).code, 1013)
      const reason = await gateway.left.promise
      equal(reason.kind, "slow-consumer")
      ok(reason.kind === "slow-consumer" && reason.pendingBytes > mebibyte)
    },
  ),

  scenario(
    "G15c",
    'with slowConsumer: "drop" new messages are discarded and counted, and the client stays',
    async ({ serve }) => {
      const gateway = handingOver()
      const { app, connect } = await serve(gateway, { defaults: { slowConsumer: "drop" } })
      const peer = await connect("/feed")
      const client = await gateway.client.promise
      peer.pauseReading()
      const first = client.send(flood)
      equal(await client.send("discarded"), false)
      equal(app.metrics().discarded, 1)
      peer.resumeReading()
      await first
      await client.send("afterwards")
      equal((await peer.nextMessage()).byteLength, flood.byteLength)
      equal(await peer.nextText(), "afterwards")
    },
  ),

  scenario(
    "G15c",
    "a volatile message is discarded while there is no room, and taken when there is",
    async ({ serve }) => {
      const gateway = handingOver()
      const { connect } = await serve(gateway)
      const peer = await connect("/feed")
      const client = await gateway.client.promise
      equal(await client.send("room", { volatile: true }), true)
      equal(await peer.nextText(), "room")
      peer.pauseReading()
      const first = client.send(flood)
      equal(await client.send("no room", { volatile: true }), false)
      peer.resumeReading()
      await first
      equal(await client.send("room again", { volatile: true }), true)
      await peer.nextMessage()
      equal(await peer.nextText(), "room again")
    },
  ),

  ...(["close", "drop"] as const).map((slowConsumer) =>
    scenario(
      "G15c",
      `a peer that takes nothing for stallTimeout is closed as a slow consumer, with slowConsumer: "${slowConsumer}"`,
      async ({ serve }) => {
        const gateway = handingOver()
        const defaults = { heartbeat: "unlimited", stallTimeout: 30_000, slowConsumer } as const
        const { clock, connect } = await serve(gateway, { defaults })
        const peer = await connect("/feed")
        const client = await gateway.client.promise
        peer.pauseReading()
        void client.send(flood)
        await clock.advance(29_000)
        ok(client.isOpen, "there is still time")
        await clock.advance(3_000)
        equal(client.isOpen, false)
        await clock.advance(5_000)
        equal((await gateway.left.promise).kind, "slow-consumer")
      },
    ),
  ),

  scenario(
    "G15c",
    "a peer that takes one big message little by little is no slow consumer, however long it takes",
    async ({ serve }) => {
      const gateway = handingOver()
      const { clock, connect } = await serve(gateway, { defaults: { heartbeat: "unlimited", stallTimeout: 30_000 } })
      const peer = overTcp(await connect("/feed"))
      const client = await gateway.client.promise
      peer.pauseReading()
      void client.send(WsMessage.binary(new Uint8Array(32 * mebibyte)))
      for (let step = 0; step < 14; step++) {
        await peer.readSome(2 * mebibyte)
        await clock.advance(10_000)
      }
      ok(client.isOpen, "it has never stopped reading")
      peer.resumeReading()
      equal((await peer.nextMessage()).byteLength, 32 * mebibyte)
    },
    "wire",
  ),
]
