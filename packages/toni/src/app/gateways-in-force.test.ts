import { expect, test } from "vitest"
import { MemoryHttpAdapter } from "../adapter/memory/memory-http-adapter.ts"
import { MemoryWebSocketAdapter } from "../adapter/memory/memory-websocket-adapter.ts"
import { Token } from "../di/token.ts"
import type { Gateway } from "../gateway/gateway.ts"
import type { GatewayOptions } from "../gateway/gateway-options.ts"
import { defineModule } from "../module/module-definition.ts"
import { testApp, type LogLine } from "../testing/test-app.ts"
import { ToniFactory } from "./toni-factory.ts"

/** An application with one gateway, whose `onModuleInit` does what it is told; and what it has logged. */
async function appWith(prepare: (gateway: { path: string; options: GatewayOptions }) => void, provided = true) {
  class Chat implements Gateway {
    path = "/chat"
    options: GatewayOptions = { maxTopics: 1 }
    onModuleInit(): void {
      prepare(this)
    }
    onMessage(): void {}
  }
  const log: LogLine[] = []
  const write = (level: LogLine["level"]) => (fields: LogLine["fields"], message: string) =>
    void log.push({ level, fields, message })
  const logger = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") }
  const providers = provided ? [Chat] : []
  const http = new MemoryHttpAdapter()
  const app = await ToniFactory.create(defineModule({ name: "ChatModule", providers }), http, { logger })
  return { app, http, log }
}

const inForce = { path: "/lobby", options: { maxTopics: 7, maxPayload: 100 } }

test.each(["init, then the adapter", "the adapter, then init", "the adapter alone"])(
  "G20d what a gateway sets in onModuleInit is in force, with %s before listen",
  async (order) => {
    const { app, http } = await appWith((gateway) => {
      gateway.path = "/lobby"
      gateway.options = { maxTopics: 7 }
    })
    if (order.startsWith("init")) await app.init()
    app.useWebSocketAdapter(new MemoryWebSocketAdapter(), { maxPayload: 100 })
    if (order.endsWith("init")) await app.init()
    await app.listen(0)
    expect(app.gateways).toMatchObject([inForce])
    const client = await http.server.connect("/lobby")
    await app.close()
    expect((await client.closed).code).toBe(1001)
  },
)

test("G20d what a gateway sets after init is not in force, and is not shown", async () => {
  let later: { path: string; options: GatewayOptions } | undefined
  const { app } = await appWith((gateway) => (later = gateway))
  await app.init()
  Object.assign(later ?? {}, { path: "/elsewhere", options: { maxTopics: -1 } })
  app.useWebSocketAdapter(new MemoryWebSocketAdapter())
  await app.listen(0)
  expect(app.gateways).toMatchObject([{ path: "/chat", options: { maxTopics: 1 } }])
  await app.close()
})

test.each<[string, Partial<{ path: string; options: unknown }>, string]>([
  ["a bad option", { options: { maxTopics: 0 } }, "bad-option"],
  ["options that are none", { options: null }, "bad-option"],
  ["a bad path", { path: "/a b" }, "bad-path"],
])("G2a %s that a gateway sets in onModuleInit keeps the application from starting", async (_, change, kind) => {
  const { app } = await appWith((gateway) => Object.assign(gateway, change))
  app.useWebSocketAdapter(new MemoryWebSocketAdapter())
  await expect(app.listen(0)).rejects.toMatchObject({ code: "TONI_STARTUP", problems: [{ kind }] })
})

test("G2a compression that a gateway asks for in onModuleInit needs an adapter that has it", async () => {
  const { app } = await appWith((gateway) => (gateway.options = { compression: true }))
  app.useWebSocketAdapter(new MemoryWebSocketAdapter())
  const fix = expect.stringContaining("adapter that has it")
  await expect(app.listen(0)).rejects.toMatchObject({ code: "TONI_BAD_OPTION", fix })
})

test("G20a defaults that are no options, or cannot be read, are refused in the call", async () => {
  const { app } = await appWith(() => undefined)
  const secret = {
    get maxPayload(): number {
      throw new Error("the vault is closed")
    },
  }
  for (const defaults of [null, 5, [], "maxPayload", secret]) {
    expect(() => app.useWebSocketAdapter(new MemoryWebSocketAdapter(), defaults as GatewayOptions)).toThrow(
      expect.objectContaining({ code: "TONI_BAD_OPTION" }),
    )
  }
  await app.close()
})

test("G2b a WebSocket adapter without any gateway is warned about: the class may be in no list of providers", async () => {
  const { app, log } = await appWith(() => undefined, false)
  app.useWebSocketAdapter(new MemoryWebSocketAdapter())
  await app.listen(0)
  expect(log.filter(({ level }) => level === "warn")).toMatchObject([{ message: "No gateway was found" }])
  await app.close()
})

test("G1a a value that throws whatever is read, and a test double with an answer to everything, can be provided", async () => {
  const Config = new Token<object>("Config")
  const Mailer = new Token<object>("Mailer")
  const strict = new Proxy(
    {},
    {
      get(_target, name) {
        throw new ReferenceError(`[config] ${String(name)} is not there`)
      },
    },
  )
  const double: object = new Proxy({}, { get: (_target, name) => (name === "then" ? undefined : () => double) })
  const Module = defineModule({
    name: "Module",
    providers: [
      { provide: Config, useValue: strict },
      { provide: Mailer, useValue: double },
    ],
  })
  await using app = await testApp(Module)
  expect([app.get(Config) === strict, app.get(Mailer) === double, app.app.gateways]).toEqual([true, true, []])
})
