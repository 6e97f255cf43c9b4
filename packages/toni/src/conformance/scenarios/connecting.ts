import { ToniError } from "../../errors.ts"
import { deepEqual, equal, ok } from "../expect.ts"
import { gate, scenario, type Scenario } from "../scenario.ts"
import { watched } from "../watched.ts"

/** An object with one property of this description. */
const having = (name: string, description: PropertyDescriptor): unknown => Object.defineProperty({}, name, description)

const fail = (): never => {
  throw new Error("no")
}

/** Ways in which a hook fails, at once or in a moment. */
const failures: readonly (readonly [how: string, fail: () => unknown])[] = [
  ["throws", fail],
  ["rejects", () => Promise.reject(new Error("no"))],
  ["returns a thenable that throws", () => having("then", { value: fail })],
]

/** G11: `onConnect`, and what waits for it. */
export const connecting: readonly Scenario[] = [
  scenario("G11a", "messages wait until onConnect has settled, and none is lost", async ({ serve }) => {
    const open = gate()
    const seen: string[] = []
    const { connect } = await serve({
      path: "/chat",
      async onConnect(client) {
        await client.send("connecting")
        await open.promise
        seen.push("connected")
      },
      onMessage(client, message) {
        seen.push(message.asText() ?? "")
        if (seen.length === 4) return client.send("done")
      },
    })
    const client = await connect("/chat")
    for (const text of ["one", "two", "three"]) client.send(text)
    equal(await client.nextText(), "connecting")
    open.open()
    equal(await client.nextText(), "done")
    deepEqual(seen, ["connected", "one", "two", "three"])
  }),

  scenario("G11a", "a client that onConnect cuts has been accepted, and sees the cut", async ({ serve }) => {
    const gateway = watched({ onConnect: (client) => client.terminate() })
    const { connect } = await serve(gateway)
    const client = await connect("/watched")
    equal((await client.closed).code, 1006)
    equal((await gateway.left).kind, "server")
  }),

  scenario("G11a", "a synchronous onConnect runs before the first message", async ({ serve }) => {
    const { connect } = await serve({
      path: "/chat",
      onConnect: (client) => void client.send("welcome"),
      onMessage: (client, message) => client.send(message),
    })
    const client = await connect("/chat")
    client.send("hello")
    deepEqual([await client.nextText(), await client.nextText()], ["welcome", "hello"])
  }),

  ...failures.map(([how, fail]) =>
    scenario(
      "G11b G16a",
      `onConnect that ${how} closes with 1011 and is reported, without onDisconnect`,
      async ({ serve }) => {
        const gateway = watched({ onConnect: fail })
        const { app, connect, errors } = await serve(gateway)
        const client = await connect("/watched")
        deepEqual(await client.closed, { code: 1011, reason: "" })
        await app.close()
        deepEqual(
          errors.map(({ phase, error }) => [phase, (error as Error).message]),
          [["connect", "no"]],
        )
        deepEqual(gateway.reasons, [])
      },
    ),
  ),

  scenario("G11b", "onConnect that passes connectTimeout closes with 1011 and is reported", async ({ serve }) => {
    const hook = gate()
    const gateway = watched({ onConnect: () => hook.promise })
    const { app, clock, connect, errors } = await serve(gateway, { defaults: { connectTimeout: 2_000 } })
    const client = await connect("/watched")
    await clock.advance(1_999)
    ok(client.isOpen)
    await clock.advance(1)
    equal((await client.closed).code, 1011)
    await app.close()
    deepEqual(
      errors.map(({ phase, error }) => [phase, (error as ToniError).code]),
      [["connect", "TONI_HOOK_TIMEOUT"]],
    )
    deepEqual(gateway.reasons, [])
  }),

  scenario("G11b", "onConnect that rejects after its timeout is only reported", async ({ serve }) => {
    const hook = gate()
    const reported = gate<unknown>()
    const gateway = watched({ onConnect: () => hook.promise })
    const onError = (error: unknown): void => {
      if (!(error instanceof ToniError)) reported.open(error)
    }
    const { app, clock, connect } = await serve(gateway, { create: { onError } })
    const client = await connect("/watched")
    await clock.advance(10_000)
    equal((await client.closed).code, 1011)
    hook.fail("late")
    equal(await reported.promise, "late")
    equal(app.metrics().errors.connect, 2)
    deepEqual(gateway.reasons, [])
  }),

  scenario("G11b", "onConnect that settles just within connectTimeout is let through", async ({ serve }) => {
    const hook = gate()
    const { clock, connect } = await serve(watched({ onConnect: () => hook.promise }))
    const client = await connect("/watched")
    client.send("hello")
    await clock.advance(9_999)
    hook.open()
    equal(await client.nextText(), "hello")
    await clock.advance(10_000)
    client.send("still here")
    equal(await client.nextText(), "still here")
  }),

  scenario("G11a G13a", "a peer that vanishes during onConnect disconnects when it has returned", async ({ serve }) => {
    const hook = gate()
    const started = gate()
    const gateway = watched({
      async onConnect(client) {
        const gone = new Promise((resolve) => client.signal.addEventListener("abort", resolve))
        started.open()
        await gone
        hook.open()
      },
    })
    const { app, clock, connect } = await serve(gateway)
    const client = await connect("/watched")
    await started.promise
    client.drop()
    await hook.promise
    equal((await gateway.left).kind, "lost")
    await app.close()
    equal(gateway.reasons.length, 1)
    equal(clock.timers, 0)
  }),

  scenario(
    "G11b G13a",
    "a peer that vanishes during onConnect that then throws never disconnects",
    async ({ serve }) => {
      const gateway = watched({
        async onConnect(client) {
          await new Promise((resolve) => client.signal.addEventListener("abort", resolve))
          throw new Error("nobody there")
        },
      })
      const reported = gate<string>()
      const { app, clock, connect } = await serve(gateway, {
        create: { onError: (error, { phase }) => reported.open(`${phase}: ${(error as Error).message}`) },
      })
      const client = await connect("/watched")
      client.drop()
      equal(await reported.promise, "connect: nobody there")
      await app.close()
      deepEqual(gateway.reasons, [])
      equal(clock.timers, 0)
    },
  ),
]
