import type { WsClient } from "../../connection/ws-client.ts"
import { Token } from "../../di/token.ts"
import type { ToniError } from "../../errors.ts"
import { Hub } from "../../hub/hub.ts"
import type { TestClient } from "../../adapter/memory/test-client.ts"
import { deepEqual, equal, ok } from "../expect.ts"
import { gate, scenario, type Capabilities, type Scenario } from "../scenario.ts"
import { allRead, gone, watched } from "../watched.ts"

const User = new Token<{ name: string }>("User")

/** Ends of a connection that come from our side, with messages waiting. */
const ownEnds: readonly (readonly [
  title: string,
  end: (client: WsClient, peer: TestClient) => unknown,
  needs?: Capabilities,
])[] = [
  ["our own close", (client) => void client.close(4000)],
  ["terminate", (client) => client.terminate()],
  ["a violation", (_client, peer) => peer.send(new Uint8Array(1_001)), "violations"],
]

/** Ends of a connection that come from the peer. */
const peerEnds: readonly (readonly [title: string, end: (peer: TestClient) => unknown, needs?: Capabilities])[] = [
  ["the peer's Close", (peer) => void peer.close(4001), "closeHandshake"],
  ["the loss of the connection", (peer) => peer.drop()],
]

/** G13–G14: `onDisconnect`, and what comes before it. */
export const disconnecting: readonly Scenario[] = [
  scenario(
    "G13a",
    "the peer's Close reaches onDisconnect once, with its code and reason",
    async ({ serve }) => {
      const gateway = watched()
      const { app, connect } = await serve(gateway)
      const client = await connect("/watched")
      await client.close(4001, "bye")
      await gateway.left
      await app.close()
      deepEqual(gateway.reasons, [{ kind: "client", code: 4001, reason: "bye" }])
    },
    "closeHandshake",
  ),

  scenario("G13a", "a gateway without onDisconnect is no trouble", async ({ serve }) => {
    const { app, clock, connect } = await serve({ path: "/chat", onMessage: (client, message) => client.send(message) })
    const client = await connect("/chat")
    client.send("hello")
    equal(await client.nextText(), "hello")
    await client.close(1000)
    await app.close()
    equal(clock.timers, 0)
  }),

  ...peerEnds.map(([title, end, needs]) =>
    scenario(
      "G13b",
      `messages that were complete before ${title} are handled, with isOpen false`,
      async ({ serve }) => {
        const seen: [string | undefined, boolean][] = []
        const gateway = watched({
          async onMessage(client, message) {
            if (seen.length === 0) await gone(client)
            seen.push([message.asText(), client.isOpen])
          },
        })
        const { connect } = await serve(gateway)
        const peer = await connect("/watched")
        for (const text of ["one", "two", "three"]) peer.send(text)
        await allRead(peer)
        end(peer)
        await gateway.left
        deepEqual(seen, [
          ["one", false],
          ["two", false],
          ["three", false],
        ])
      },
      needs,
    ),
  ),

  ...ownEnds.map(([title, end, needs]) =>
    scenario(
      "G13b",
      `messages that wait are dropped after ${title}`,
      async ({ serve }) => {
        const seen: (string | undefined)[] = []
        const read = gate()
        const gateway = watched({
          options: { maxPayload: 1_000 },
          async onMessage(client, message) {
            seen.push(message.asText())
            await read.promise
            end(client, peer)
            await gone(client)
          },
        })
        const { app, connect } = await serve(gateway)
        const peer = await connect("/watched")
        for (const text of ["one", "two", "three"]) peer.send(text)
        await allRead(peer)
        read.open()
        await gateway.left
        await app.close()
        deepEqual(seen, ["one"])
      },
      needs,
    ),
  ),

  scenario("G13c", "the signal aborts when the socket is gone, and a handler may still settle", async ({ serve }) => {
    const aborted = gate<boolean>()
    const slow = gate()
    const order: string[] = []
    const gateway = watched({
      async onMessage(client) {
        await gone(client)
        aborted.open(client.signal.aborted)
        await slow.promise
        order.push("settled")
      },
      onDisconnect: () => void order.push("disconnected"),
    })
    const { clock, connect, errors } = await serve(gateway)
    const client = await connect("/watched")
    client.send("work")
    await allRead(client)
    client.drop()
    equal(await aborted.promise, true)
    await clock.advance(9_999)
    slow.open()
    equal((await gateway.left).kind, "lost")
    deepEqual(order, ["settled", "disconnected"])
    deepEqual(errors, [])
    equal(clock.timers, 0)
  }),

  scenario("G13c", "a handler that passes settleTimeout is reported, and onDisconnect runs", async ({ serve }) => {
    const slow = gate()
    const vanished = gate()
    const gateway = watched({
      options: { settleTimeout: 3_000 },
      async onMessage(client) {
        await gone(client)
        vanished.open()
        await slow.promise
      },
    })
    const { clock, connect, errors } = await serve(gateway)
    const client = await connect("/watched")
    client.send("work")
    await allRead(client)
    client.drop()
    await vanished.promise
    await clock.advance(2_999)
    equal(gateway.reasons.length, 0)
    await clock.advance(1)
    equal((await gateway.left).kind, "lost")
    deepEqual(
      errors.map(({ phase, error }) => [phase, (error as ToniError).code]),
      [["message", "TONI_HOOK_TIMEOUT"]],
    )
    equal(clock.timers, 0)
  }),

  scenario("G13c", "a handler that rejects after it was given up is only reported", async ({ serve }) => {
    const slow = gate()
    const vanished = gate()
    const late = gate<unknown>()
    const gateway = watched({
      async onMessage(client) {
        await gone(client)
        vanished.open()
        await slow.promise
      },
    })
    const { app, clock, connect } = await serve(gateway, {
      create: { onError: (error) => error === "late" && late.open(error) },
    })
    const client = await connect("/watched")
    client.send("work")
    client.send("never handled")
    await allRead(client)
    client.drop()
    await vanished.promise
    await clock.advance(10_000)
    equal((await gateway.left).kind, "lost")
    slow.fail("late")
    equal(await late.promise, "late")
    await app.close()
    equal(gateway.reasons.length, 1)
    equal(app.metrics().messagesIn, 2)
  }),

  scenario("G13c", "onDisconnect that does not settle is given up as well", async ({ serve }) => {
    const never = gate()
    const gateway = watched({ onDisconnect: () => never.promise })
    const { app, clock, connect, errors } = await serve(gateway)
    const client = await connect("/watched")
    await client.close(1000)
    equal((await gateway.left).kind, "client")
    await clock.advance(10_000)
    deepEqual(
      errors.map(({ phase, error }) => [phase, (error as ToniError).code]),
      [["disconnect", "TONI_HOOK_TIMEOUT"]],
    )
    equal((await app.close()).clients, 0)
    equal(clock.timers, 0)
  }),

  scenario("G14", "metadata, params and topics still answer inside onDisconnect", async ({ serve }) => {
    const left = gate<unknown[]>()
    const { connect } = await serve({
      path: "/room/:room",
      onHandshake: (handshake) => handshake.setMetadata(User, { name: "Ada" }),
      async onConnect(client) {
        await client.subscribe("news")
        await client.subscribe("weather")
        await client.unsubscribe("weather")
        await client.send("ready")
      },
      onMessage: () => undefined,
      async onDisconnect(client) {
        await Promise.resolve()
        left.open([client.getMetadata(User), { ...client.params }, [...client.topics], client.isOpen])
      },
    })
    const client = await connect("/room/blue%20one")
    equal(await client.nextText(), "ready")
    await client.close(1000)
    deepEqual(await left.promise, [{ name: "Ada" }, { room: "blue one" }, ["news"], false])
  }),

  scenario("G14", "after onDisconnect nothing of the client is left", async ({ serve }) => {
    const gateway = watched({ onConnect: (client) => client.subscribe("news") })
    const { app, clock, connect } = await serve(gateway)
    const client = await connect("/watched")
    client.send("hello")
    equal(await client.nextText(), "hello")
    const hub = app.get(Hub)
    equal(await hub.count("news"), 1)
    ok(clock.timers > 0)
    await client.close(1000)
    await gateway.left
    equal(await hub.count("news"), 0)
    equal(clock.timers, 0)
    const { connections, pendingBytes } = app.metrics()
    deepEqual([connections, pendingBytes], [0, 0])
    equal((await app.close()).clients, 0)
  }),
]
