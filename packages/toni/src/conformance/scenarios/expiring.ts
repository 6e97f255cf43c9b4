import type { Gateway } from "../../gateway/gateway.ts"
import { deepEqual, equal, ok, throwsCode } from "../expect.ts"
import { scenario, startDate as start, type Scenario } from "../scenario.ts"
import { watched, type Watched } from "../watched.ts"

const day = 86_400_000

/** A gateway whose clients expire at a moment; the number in a message moves it, to so many ms after the start. */
function expiresAt(moment: Date | number, hooks: Partial<Gateway> = {}): Watched {
  return watched({
    onHandshake: (handshake) => handshake.accept({ expiresAt: moment }),
    onMessage(client, message) {
      if (message.asText() !== "hello") client.extend(start + Number(message.asText()))
      return client.send(message)
    },
    ...hooks,
  })
}

/** G19: connections that end at a moment. */
export const expiring: readonly Scenario[] = [
  ...([new Date(start + 60_000), start + 60_000] as const).map((moment) =>
    scenario(
      "G19",
      `at expiresAt, a ${typeof moment === "number" ? "number" : "Date"}, a client is closed with 4401`,
      async ({ serve }) => {
        const gateway = expiresAt(moment)
        const { clock, connect } = await serve(gateway)
        const client = await connect("/watched")
        await clock.advance(59_999)
        client.send("hello")
        equal(await client.nextText(), "hello")
        await clock.advance(1)
        equal((await client.closed).code, 4401)
        deepEqual(await gateway.left, { kind: "expired" })
        equal(clock.timers, 0)
      },
    ),
  ),

  scenario("G19", "a moment that has passed closes at once, but not without onConnect", async ({ serve }) => {
    let connected = 0
    const gateway = expiresAt(start - 1, { onConnect: () => ++connected })
    const { clock, connect } = await serve(gateway)
    const client = await connect("/watched")
    await clock.advance(0)
    equal((await client.closed).code, 4401)
    deepEqual(await gateway.left, { kind: "expired" })
    equal(connected, 1)
  }),

  scenario("G19", "a moment that is further away than a timer reaches is kept", async ({ serve }) => {
    const { clock, connect } = await serve(expiresAt(start + 60 * day))
    const client = await connect("/watched")
    await clock.advance(1_000)
    client.send("hello")
    equal(await client.nextText(), "hello")
  }),

  scenario("G19", "extend to a later moment keeps the client until then", async ({ serve }) => {
    const gateway = expiresAt(start + 60_000)
    const { clock, connect } = await serve(gateway)
    const client = await connect("/watched")
    client.send("90000")
    equal(await client.nextText(), "90000")
    await clock.advance(89_999)
    client.send("hello")
    equal(await client.nextText(), "hello")
    await clock.advance(1)
    equal((await client.closed).code, 4401)
  }),

  scenario("G19", "extend to an earlier moment closes then", async ({ serve }) => {
    const gateway = expiresAt(start + 60_000)
    const { clock, connect } = await serve(gateway)
    const client = await connect("/watched")
    client.send("10000")
    equal(await client.nextText(), "10000")
    await clock.advance(10_000)
    equal((await client.closed).code, 4401)
  }),

  scenario("G19", "extend gives a moment to a client that had none", async ({ serve }) => {
    const gateway = watched({
      onConnect(client) {
        client.extend(new Date(start + 5_000))
        return client.send("ready")
      },
    })
    const { clock, connect } = await serve(gateway)
    const client = await connect("/watched")
    equal(await client.nextText(), "ready")
    await clock.advance(5_000)
    equal((await client.closed).code, 4401)
  }),

  scenario("G19", "extend after the end is harmless, and leaves no timer", async ({ serve }) => {
    const gateway = watched({
      onMessage(client) {
        void client.close(4000)
        client.extend(start + 60_000)
      },
      onDisconnect: (client) => client.extend(start + 60_000),
    })
    const { clock, connect, errors } = await serve(gateway)
    const client = await connect("/watched")
    client.send("go")
    equal((await client.closed).code, 4000)
    await gateway.left
    equal(clock.timers, 0)
    deepEqual(errors, [])
  }),

  scenario("G19", "what is no moment throws at the call, and the client stays", async ({ serve }) => {
    const { connect, errors } = await serve({
      path: "/chat",
      onMessage(client, message) {
        for (const wrong of [NaN, new Date("no"), "tomorrow", undefined, null]) {
          throwsCode("TONI_BAD_ARGUMENT", () => client.extend(wrong as number))
        }
        return client.send(message)
      },
    })
    const client = await connect("/chat")
    client.send("hello")
    equal(await client.nextText(), "hello")
    deepEqual(errors, [])
  }),

  scenario("G19 G13b", "messages that wait when a client expires are dropped", async ({ serve }) => {
    const seen: (string | undefined)[] = []
    const gateway = expiresAt(start + 1_000, {
      async onMessage(client, message) {
        seen.push(message.asText())
        await client.send("started")
        await new Promise((resolve) => client.signal.addEventListener("abort", resolve))
      },
    })
    const { clock, connect } = await serve(gateway)
    const client = await connect("/watched")
    client.send("one")
    client.send("two")
    equal(await client.nextText(), "started")
    await clock.advance(1_000)
    equal((await client.closed).code, 4401)
    await gateway.left
    deepEqual(seen, ["one"])
    ok(clock.timers === 0)
  }),
]
