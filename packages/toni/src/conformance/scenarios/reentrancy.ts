import type { WsClient } from "../../connection/ws-client.ts"
import { Hub } from "../../hub/hub.ts"
import { deepEqual, equal } from "../expect.ts"
import { gate, scenario, startDate, type Scenario } from "../scenario.ts"
import { watched } from "../watched.ts"

/** What a hook may call in the middle of its work. */
async function everything(client: WsClient): Promise<boolean> {
  await client.subscribe("own")
  await client.publish("own", "not for me")
  await client.unsubscribe("own")
  client.extend(startDate + 60_000)
  return client.send("sent")
}

/** G11–G18: hooks that call back while they are being called. */
export const reentrancy: readonly Scenario[] = [
  scenario("G11a G15a", "onConnect may send, subscribe, publish and extend", async ({ serve }) => {
    const { connect, errors } = await serve(watched({ onConnect: everything }))
    const client = await connect("/watched")
    client.send("hello")
    deepEqual([await client.nextText(), await client.nextText()], ["sent", "hello"])
    deepEqual(errors, [])
  }),

  scenario("G12a G15a", "onMessage may send, subscribe, publish and extend", async ({ serve }) => {
    const { connect, errors } = await serve(watched({ onMessage: everything }))
    const client = await connect("/watched")
    client.send("one")
    client.send("two")
    deepEqual([await client.nextText(), await client.nextText()], ["sent", "sent"])
    deepEqual(errors, [])
  }),

  scenario(
    "G13a G15a",
    "onDisconnect may call everything; send answers false, others are reached",
    async ({ serve }) => {
      const answer = gate<boolean>()
      const gateway = watched({
        onConnect: (client) => client.subscribe("news"),
        async onDisconnect(client) {
          await client.publish("news", "somebody left")
          const taken = await everything(client)
          await client.close(4000)
          client.terminate()
          answer.open(taken)
        },
      })
      const { app, connect, errors } = await serve(gateway)
      const [client, other] = [await connect("/watched"), await connect("/watched")]
      other.send("ready?")
      equal(await other.nextText(), "ready?")
      await client.close(1000)
      equal(await other.nextText(), "somebody left")
      equal(await answer.promise, false)
      deepEqual(gateway.reasons, [{ kind: "client", code: 1000, reason: "" }])
      equal(await app.get(Hub).count("own"), 0)
      deepEqual(errors, [])
    },
  ),

  scenario("G11b G13a", "close inside onConnect closes with that code, and disconnects", async ({ serve }) => {
    const gateway = watched({ onConnect: (client) => void client.close(4000, "full") })
    const { connect, errors } = await serve(gateway)
    const client = await connect("/watched")
    client.send("too late")
    deepEqual(await client.closed, { code: 4000, reason: "full" })
    deepEqual(await gateway.left, { kind: "server", code: 4000, reason: "full" })
    deepEqual(errors, [])
    equal(client.pending, 0)
  }),

  scenario("G11b G18b", "onConnect may await its own close", async ({ serve }) => {
    const gateway = watched({ onConnect: (client) => client.close(4000) })
    const { clock, connect, errors } = await serve(gateway)
    const client = await connect("/watched")
    equal((await client.closed).code, 4000)
    equal((await gateway.left).kind, "server")
    deepEqual(errors, [])
    equal(clock.timers, 0)
  }),

  scenario("G11b", "onConnect that closes and then throws keeps its code, and never disconnects", async ({ serve }) => {
    const gateway = watched({
      onConnect(client) {
        void client.close(4000)
        throw new Error("no")
      },
    })
    const { app, clock, connect, errors } = await serve(gateway)
    const client = await connect("/watched")
    equal((await client.closed).code, 4000)
    await app.close()
    deepEqual(gateway.reasons, [])
    equal(errors.length, 1)
    equal(clock.timers, 0)
  }),

  scenario("G11a G13a", "terminate inside onConnect cuts, and disconnects when it has returned", async ({ serve }) => {
    const arrived = gate()
    const gateway = watched({
      async onConnect(client) {
        await arrived.promise
        client.terminate()
        await new Promise((resolve) => client.signal.addEventListener("abort", resolve))
      },
    })
    const { clock, connect } = await serve(gateway)
    const client = await connect("/watched")
    arrived.open()
    equal((await client.closed).code, 1006)
    deepEqual(await gateway.left, { kind: "server", code: 1006, reason: "terminated" })
    equal(clock.timers, 0)
  }),

  scenario(
    "G11a",
    "terminate before anything was awaited cuts a connection that has been answered",
    async ({ serve }) => {
      const gateway = watched({ onConnect: (client) => client.terminate() })
      const { clock, connect } = await serve(gateway)
      // The 101 is sent, then the connection is cut: a handshake that was accepted is no refusal.
      const client = await connect("/watched")
      equal((await client.closed).code, 1006)
      deepEqual(await gateway.left, { kind: "server", code: 1006, reason: "terminated" })
      equal(clock.timers, 0)
    },
  ),

  scenario("G15a G18b", "after close, send answers false and isOpen is false", async ({ serve }) => {
    const answer = gate<unknown[]>()
    const { connect } = await serve({
      path: "/chat",
      async onMessage(client) {
        void client.close(4000)
        answer.open([client.isOpen, await client.send("too late")])
      },
    })
    const client = await connect("/chat")
    client.send("go")
    deepEqual(await answer.promise, [false, false])
    equal((await client.closed).code, 4000)
    equal(client.pending, 0)
  }),

  scenario("G13b G18a", "a synchronous handler that closes is the last one", async ({ serve }) => {
    const seen: (string | undefined)[] = []
    const gateway = watched({
      onMessage(client, message) {
        seen.push(message.asText())
        if (message.asText() === "two") void client.close(4000)
      },
    })
    const { app, connect } = await serve(gateway)
    const client = await connect("/watched")
    for (const text of ["one", "two", "three", "four"]) client.send(text)
    equal((await client.closed).code, 4000)
    await app.close()
    deepEqual(seen, ["one", "two"])
  }),

  scenario(
    "G13a G18b",
    "a handler may have its own client disconnected by the hub, and await it",
    async ({ serve }) => {
      const done = gate()
      const gateway = watched({
        async onMessage(client) {
          await app.get(Hub).disconnect({ client: client.id }, 4003, "banned")
          await client.close(4000)
          done.open()
        },
      })
      const { app, connect } = await serve(gateway)
      const client = await connect("/watched")
      client.send("go")
      await done.promise
      deepEqual(await client.closed, { code: 4003, reason: "banned" })
      deepEqual(await gateway.left, { kind: "server", code: 4003, reason: "banned" })
    },
  ),
]
