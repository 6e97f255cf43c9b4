import { expect, test } from "vitest"
import type { ListenAddress } from "../adapter/http-adapter.ts"
import { MemoryHttpAdapter } from "../adapter/memory/memory-http-adapter.ts"
import { MemoryWebSocketAdapter } from "../adapter/memory/memory-websocket-adapter.ts"
import type { WsClient } from "../connection/ws-client.ts"
import { Token } from "../di/token.ts"
import type { Gateway } from "../gateway/gateway.ts"
import type { WsHandshake } from "../gateway/ws-handshake.ts"
import { defineModule } from "../module/module-definition.ts"
import { testApp, type TestApp } from "../testing/test-app.ts"
import { TestClock } from "../testing/test-clock.ts"
import { closePlan, type CloseOptions } from "./close-options.ts"
import { ToniFactory } from "./toni-factory.ts"

const never = new Promise<void>(() => undefined)
const Empty = defineModule({ name: "Empty" })

function serving(gateway: Gateway): Promise<TestApp> {
  const providers = [{ provide: new Token<Gateway>("Gateway"), useValue: gateway }]
  return testApp(defineModule({ name: "Closing", providers }))
}

/** A logger that keeps its lines. */
function listening() {
  const lines: string[] = []
  const log = (_fields: unknown, message: string): void => void lines.push(message)
  return { lines, logger: { debug: log, info: log, warn: log, error: log } }
}

const refuse = (): never => {
  throw new Error("not to be read")
}

test.each<[string, () => unknown]>([
  ["a window that is no number", () => ({ window: Number.NaN })],
  ["a window in the past", () => ({ window: -1 })],
  ["a timeout without end", () => ({ timeout: Infinity })],
  ["a timeout in words", () => ({ timeout: "10s" })],
  ["a close code that never is on the wire", () => ({ code: 1006 })],
  ["a close code of the application's own", () => ({ code: 4000 })],
  ["an unknown name", () => ({ delay: 100 })],
  ["null", () => null],
  ["a number", () => 5_000],
  ["a getter that throws", () => Object.defineProperty({}, "code", { enumerable: true, get: refuse })],
])("G21a close refuses %s, and nothing is done by half", async (_what, options) => {
  await using app = await serving({ path: "/echo", onMessage: (client, message) => client.send(message) })
  const client = await app.connectRaw("/echo")
  await expect(app.app.close(options() as CloseOptions)).rejects.toMatchObject({ code: "TONI_BAD_OPTION" })
  client.send("still here")
  expect(await client.nextText()).toBe("still here")
  expect(await app.close({ code: 1012, window: 0, timeout: 0 })).toMatchObject({ clients: 1 })
  expect(await client.closed).toMatchObject({ code: 1012 })
})

test("G21a without options clients are told that the server goes away, at once, and have ten seconds", () => {
  expect(closePlan(undefined)).toEqual({ code: 1001, window: 0, timeout: 10_000 })
})

test("G21a close checks its options however often it is called", async () => {
  const app = await serving({ path: "/echo", onMessage: () => undefined })
  const report = await app.close()
  await expect(app.app.close({ window: -1 })).rejects.toMatchObject({ code: "TONI_BAD_OPTION" })
  expect(await app.app.close({ window: 1 })).toBe(report)
})

test("G3b closing while the port is being bound: listen() rejects, and says nothing of listening", async () => {
  let bound!: (address: ListenAddress) => void
  let isClosed = false
  class SlowAdapter extends MemoryHttpAdapter {
    override listen(): Promise<ListenAddress> {
      return new Promise((resolve) => (bound = resolve))
    }
    override close(): Promise<void> {
      isClosed = true
      return super.close()
    }
  }
  const { lines, logger } = listening()
  const app = await ToniFactory.create(Empty, new SlowAdapter(), { logger })
  await app.init()
  const started = app.listen(0).catch((error: unknown) => error)
  await app.init()
  const closing = app.close()
  bound({ host: "slow", port: 1, url: "http://slow:1" })
  expect(await started).toMatchObject({ code: "TONI_LIFECYCLE" })
  await closing
  expect([isClosed, lines]).toEqual([true, []])
})

test("G21b an onModuleInit that awaits close() itself is given up, and listen() rejects", async () => {
  const clock = new TestClock()
  class Suicidal {
    onModuleInit(): Promise<unknown> {
      return app.close({ timeout: 2_000 })
    }
  }
  const { logger } = listening()
  const module = defineModule({ name: "M", providers: [Suicidal] })
  const app = await ToniFactory.create(module, new MemoryHttpAdapter(), { clock, logger })
  const started = app.listen(0).catch((error: unknown) => error)
  await clock.advance(5_000)
  expect(await started).toMatchObject({ code: "TONI_LIFECYCLE" })
  expect((await app.close()).failures).toMatchObject([{ name: "Suicidal", error: { code: "TONI_HOOK_TIMEOUT" } }])
  expect(clock.timers).toBe(0)
})

test("G21b an onModuleDestroy that awaits close() itself is given up, and reported", async () => {
  class Suicidal {
    onModuleDestroy(): Promise<unknown> {
      return app.app.close()
    }
  }
  const app = await testApp(defineModule({ name: "M", providers: [Suicidal] }))
  const { failures } = await app.close()
  expect(failures).toMatchObject([{ module: "M", name: "Suicidal", error: { code: "TONI_HOOK_TIMEOUT" } }])
  expect(app.errors).toMatchObject([{ phase: "shutdown", gateway: "M.Suicidal" }])
})

test("G21b an adapter that fails to close is reported, and the providers are destroyed all the same", async () => {
  const events: string[] = []
  class Pool {
    onModuleDestroy(): void {
      events.push("pool closed")
    }
  }
  class Broken extends MemoryHttpAdapter {
    override close(): Promise<void> {
      return Promise.reject(new Error("no such server"))
    }
  }
  const { logger } = listening()
  const app = await ToniFactory.create(defineModule({ name: "M", providers: [Pool] }), new Broken(), { logger })
  await app.listen(0)
  expect((await app.close()).failures).toMatchObject([{ module: "toni", error: { message: "no such server" } }])
  expect(events).toEqual(["pool closed"])
})

test("G21a a handshake whose hook is still running at the end is refused with 503, and its signal aborts", async () => {
  let asked!: (handshake: WsHandshake) => void
  const asking = new Promise<WsHandshake>((resolve) => (asked = resolve))
  const app = await serving({
    path: "/slow",
    onHandshake: (handshake) => {
      asked(handshake)
      return never
    },
    onMessage: () => undefined,
  })
  const refused = app.connectRaw("/slow").catch((error: unknown) => error)
  const { signal } = await asking
  await app.close()
  expect(await refused).toMatchObject({ status: 503 })
  expect(signal.aborted).toBe(true)
})

test("useWebSocketAdapter() comes before listen(), without gateways too", async () => {
  const { logger } = listening()
  const app = await ToniFactory.create(Empty, new MemoryHttpAdapter(), { logger })
  await app.listen(0)
  const lifecycle = expect.objectContaining({ code: "TONI_LIFECYCLE" })
  expect(() => app.useWebSocketAdapter(new MemoryWebSocketAdapter())).toThrow(lifecycle)
  await app.close()
  expect(() => app.useWebSocketAdapter(new MemoryWebSocketAdapter())).toThrow(lifecycle)
})

test("G3a an async factory or an onModuleInit that takes seconds is named by a warning, once", async () => {
  const clock = new TestClock()
  const lines: object[] = []
  const log = (level: string) => (fields: object) => void lines.push({ level, ...fields })
  const logger = { debug: log("debug"), info: () => undefined, warn: log("warn"), error: log("error") }
  const Database = new Token<string>("Database")
  let connected!: (database: string) => void
  let migrated!: () => void
  class Migrations {
    onModuleInit(): Promise<void> {
      return new Promise((resolve) => (migrated = resolve))
    }
  }
  const useFactory = (): Promise<string> => new Promise((resolve) => (connected = resolve))
  const module = defineModule({ name: "DataModule", providers: [{ provide: Database, useFactory }, Migrations] })
  const creating = ToniFactory.create(module, new MemoryHttpAdapter(), { clock, logger })
  await clock.advance(4_999)
  expect(lines).toEqual([])
  await clock.advance(60_001)
  expect(lines).toMatchObject([
    { level: "warn", step: "The async factory", provider: "Database", module: "DataModule" },
  ])
  connected("rows")
  const app = await creating
  const initialising = app.init()
  await clock.advance(60_000)
  expect(lines.slice(1)).toMatchObject([
    { level: "warn", step: "onModuleInit", provider: "Migrations", module: "DataModule" },
  ])
  migrated()
  await initialising
  await app.close()
  expect(clock.timers).toBe(0)
})

test("G2a a create that fails does not wait for ever for an onModuleDestroy", async () => {
  const clock = new TestClock()
  class Stuck {
    onModuleDestroy(): Promise<void> {
      return never
    }
  }
  const { logger } = listening()
  const module = defineModule({ name: "M", providers: [Stuck, undefined as never] })
  const creating = ToniFactory.create(module, new MemoryHttpAdapter(), { clock, logger }).catch(
    (error: unknown) => error,
  )
  await clock.advance(11_000)
  expect(await creating).toMatchObject({ code: "TONI_STARTUP" })
  expect(clock.timers).toBe(0)
})

test("G21a a handler that runs when the time is up is given up, and everybody is gone", async () => {
  const app = await serving({
    path: "/hang",
    onMessage: (client: WsClient) => client.send("started").then(() => never),
  })
  const client = await app.connectRaw("/hang")
  client.send("go")
  await client.nextText()
  expect(await app.close({ timeout: 1_000 })).toMatchObject({ clients: 1, abandoned: 1 })
  expect(app.clock.timers).toBe(0)
})

test("G21b who is refused while the server closes is in the log before close() resolves, and no timer is left", async () => {
  const clock = new TestClock()
  const counts: unknown[] = []
  const log = (fields: object): void => void ("count" in fields && counts.push(fields.count))
  class BusyAdapter extends MemoryHttpAdapter {
    override async close(): Promise<void> {
      const late = Array.from({ length: 12 }, () => this.server.connect("/nowhere").catch(() => undefined))
      await Promise.all(late)
    }
  }
  const logger = { debug: log, info: log, warn: log, error: log }
  const app = await ToniFactory.create(Empty, new BusyAdapter(), { clock, logger })
  await app.useWebSocketAdapter(new MemoryWebSocketAdapter()).listen(0)
  await app.close()
  expect([counts, clock.timers]).toEqual([[2], 0])
})
