import type { Logger } from "../../app/logger.ts"
import type { Gateway } from "../../gateway/gateway.ts"
import { deepEqual, equal } from "../expect.ts"
import { settled } from "../../testing/test-clock.ts"
import { gate, scenario, type Scenario, type Stage } from "../scenario.ts"
import { watched } from "../watched.ts"

/** An object with one property of this description. */
const having = (name: string, description: PropertyDescriptor): unknown => Object.defineProperty({}, name, description)

const fail = (): never => {
  throw new Error("no")
}
const nothing: unknown = undefined

/** What hooks may do instead of returning, by the text of the message that asks for it. */
const misdeeds: Readonly<Record<string, () => unknown>> = {
  throw: fail,
  "throw nothing"() {
    throw nothing
  },
  reject: () => Promise.reject(new Error("no")),
  "return a thenable that throws": () => having("then", { value: fail }),
  "return something whose then cannot be read": () => having("then", { get: fail }),
}

function misbehaving(): Gateway {
  return {
    path: "/chat",
    onMessage: (client, message) =>
      (misdeeds[message.asText() ?? ""]?.() ?? client.send(message)) as ReturnType<Gateway["onMessage"]>,
  }
}

const brokenLogger: Logger = { debug: fail, info: fail, warn: fail, error: fail }

/** A scenario during which nothing may be thrown or rejected that nobody catches. */
function guarded(rules: string, title: string, run: (stage: Stage) => Promise<void>): Scenario {
  return scenario(rules, title, async (stage) => {
    const uncaught: unknown[] = []
    const keep = (error: unknown): void => void uncaught.push(error)
    process.on("unhandledRejection", keep).on("uncaughtException", keep)
    try {
      await run(stage)
      await settled()
    } finally {
      process.off("unhandledRejection", keep).off("uncaughtException", keep)
    }
    deepEqual(uncaught, [])
  })
}

/** G16: what hooks throw or reject with. */
export const failing: readonly Scenario[] = [
  scenario(
    "G16a",
    "what a handler throws is reported with phase, gateway and client; it stays open",
    async ({ serve }) => {
      const gateway = misbehaving()
      const { app, connect, errors } = await serve({ ...gateway, onConnect: (client) => client.send(client.id) })
      const client = await connect("/chat")
      const id = await client.nextText()
      client.send("throw")
      client.send("still here")
      equal(await client.nextText(), "still here")
      deepEqual(
        errors.map(({ error, ...context }) => [(error as Error).message, context]),
        [["no", { phase: "message", gateway: app.gateways[0]?.name, clientId: id }]],
      )
    },
  ),

  ...Object.keys(misdeeds).map((misdeed) =>
    guarded("G16a G16b", `a handler may ${misdeed}: the client is served on`, async ({ serve }) => {
      const { app, connect } = await serve(misbehaving())
      const client = await connect("/chat")
      client.send(misdeed)
      client.send("still here")
      equal(await client.nextText(), "still here")
      deepEqual(app.metrics().errors, { message: 1 })
    }),
  ),

  scenario("G16a", "what onDisconnect throws is reported, and the client is released", async ({ serve }) => {
    const gateway = watched({
      onDisconnect() {
        throw new Error("no")
      },
    })
    const { app, clock, connect, errors } = await serve(gateway)
    const client = await connect("/watched")
    await client.close(1000)
    equal((await gateway.left).kind, "client")
    deepEqual(
      errors.map(({ phase }) => phase),
      ["disconnect"],
    )
    equal((await app.close()).clients, 0)
    equal(clock.timers, 0)
  }),

  scenario("G16a", "what onDisconnect rejects with is reported, and the client is released", async ({ serve }) => {
    const reported = gate<string>()
    const gateway = watched({ onDisconnect: () => Promise.reject(new Error("no")) })
    const { app, clock, connect } = await serve(gateway, {
      create: { onError: (_error, { phase }) => reported.open(phase) },
    })
    const client = await connect("/watched")
    await client.close(1000)
    equal(await reported.promise, "disconnect")
    deepEqual(gateway.reasons, [{ kind: "client", code: 1000, reason: "" }])
    equal((await app.close()).clients, 0)
    equal(clock.timers, 0)
  }),

  scenario("G16a", "without onError the logger is told", async ({ serve }) => {
    const { connect, log } = await serve(misbehaving(), { create: { onError: undefined } })
    const client = await connect("/chat")
    client.send("throw")
    client.send("still here")
    equal(await client.nextText(), "still here")
    deepEqual(
      log.filter(({ level }) => level === "error").map(({ fields }) => (fields["err"] as Error).message),
      ["no"],
    )
  }),

  guarded("G16b", "an onError that throws itself ends nothing", async ({ serve }) => {
    const { connect, log } = await serve(misbehaving(), { create: { onError: fail } })
    const client = await connect("/chat")
    client.send("reject")
    client.send("still here")
    equal(await client.nextText(), "still here")
    equal(log.filter(({ level }) => level === "error").length, 1)
  }),

  guarded("G16b", "an onError that rejects ends nothing", async ({ serve }) => {
    const onError: () => unknown = () => Promise.reject(new Error("no"))
    const { connect } = await serve(misbehaving(), { create: { onError } })
    const client = await connect("/chat")
    client.send("throw")
    client.send("still here")
    equal(await client.nextText(), "still here")
  }),

  guarded("G16b", "neither an onError nor a logger that throws ends anything", async ({ serve }) => {
    const { connect } = await serve(misbehaving(), { create: { onError: fail, logger: brokenLogger } })
    const client = await connect("/chat")
    client.send("throw")
    client.send("reject")
    client.send("still here")
    equal(await client.nextText(), "still here")
  }),

  guarded("G16b", "nothing of what a hook throws reaches the peer", async ({ serve }) => {
    const { connect } = await serve(
      watched({
        onConnect() {
          throw new Error("secret")
        },
      }),
    )
    const client = await connect("/watched")
    deepEqual(await client.closed, { code: 1011, reason: "" })
    equal(client.pending, 0)
  }),
]
