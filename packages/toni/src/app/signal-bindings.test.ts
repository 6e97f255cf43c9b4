import { expect, onTestFinished, test, vi } from "vitest"
import { MemoryHttpAdapter } from "../adapter/memory/memory-http-adapter.ts"
import type { WsClient } from "../connection/ws-client.ts"
import { defineModule } from "../module/module-definition.ts"
import { testApp } from "../testing/test-app.ts"
import { settled, TestClock } from "../testing/test-clock.ts"
import { ToniFactory } from "./toni-factory.ts"

class Echo {
  readonly path = "/echo"
  onMessage(_client: WsClient): void {}
}

const EchoModule = defineModule({ name: "EchoModule", providers: [Echo] })
const signals = ["SIGUSR2"]
const listeners = (): number => process.listenerCount("SIGUSR2")
const badOption = expect.objectContaining({ code: "TONI_BAD_OPTION" })

test("G22 a signal closes the application, and nothing is bound unless asked", async () => {
  const before = listeners()
  await using app = await testApp(EchoModule)
  expect(listeners()).toBe(before)
  const { closed } = app.app.closeOnSignals(signals)
  expect(listeners()).toBe(before + 1)
  const client = await app.connectRaw("/echo")
  process.emit("SIGUSR2")
  expect(listeners()).toBe(before)
  expect((await client.closed).code).toBe(1001)
  expect(await closed).toEqual(await app.close())
})

test("G22 SIGTERM and SIGINT are bound when nothing else is named", async () => {
  const count = (): readonly number[] => ["SIGTERM", "SIGINT"].map((signal) => process.listenerCount(signal))
  const before = count()
  await using app = await testApp(EchoModule)
  const { unbind } = app.app.closeOnSignals()
  expect(count()).toEqual(before.map((each) => each + 1))
  unbind()
  expect(count()).toEqual(before)
})

test("G22 what was bound can be unbound", async () => {
  const before = listeners()
  await using app = await testApp(EchoModule)
  const { unbind } = app.app.closeOnSignals(signals)
  unbind()
  expect(listeners()).toBe(before)
})

test("G22 signals are unbound when the application has closed by itself, however often there is one", async () => {
  const before = listeners()
  for (let round = 0; round < 20; round++) {
    const app = await testApp(EchoModule)
    const { closed } = app.app.closeOnSignals({ signals })
    await app.close()
    expect(await closed).toMatchObject({ clients: 0 })
  }
  expect(listeners()).toBe(before)
})

test("G22 an application that has closed binds nothing", async () => {
  const before = listeners()
  const app = await testApp(EchoModule)
  const report = await app.close()
  expect(await app.app.closeOnSignals(signals).closed).toEqual(report)
  expect(listeners()).toBe(before)
})

test("G22 onClosed is told how it went, and by which signal", async () => {
  await using app = await testApp(EchoModule)
  const told = new Promise((resolve) => {
    app.app.closeOnSignals({ signals, code: 1012, onClosed: (...arguments_) => resolve(arguments_) })
  })
  const client = await app.connectRaw("/echo")
  process.emit("SIGUSR2")
  expect((await client.closed).code).toBe(1012)
  expect(await told).toEqual([{ clients: 1, abandoned: 0, dropped: 0, failures: [] }, "SIGUSR2"])
})

test("G22 an onClosed that fails is reported", async () => {
  await using app = await testApp(EchoModule)
  app.app.closeOnSignals({ signals, onClosed: () => Promise.reject(new Error("no disk")) })
  process.emit("SIGUSR2")
  await app.close()
  await settled()
  expect(app.errors).toMatchObject([{ phase: "shutdown", gateway: "closeOnSignals", error: { message: "no disk" } }])
})

test("G22 a worker that cannot leave its cluster is reported", async () => {
  const { getBuiltinModule } = process
  const builtin = vi.spyOn(process, "getBuiltinModule").mockImplementation((name: string) => {
    if (name === "node:cluster") throw new Error("no cluster")
    return getBuiltinModule(name)
  })
  const connected = Object.getOwnPropertyDescriptor(process, "connected")
  Object.defineProperty(process, "connected", { value: true, configurable: true })
  onTestFinished(() => {
    builtin.mockRestore()
    if (connected) Object.defineProperty(process, "connected", connected)
    else Reflect.deleteProperty(process, "connected")
  })
  await using app = await testApp(EchoModule)
  app.app.closeOnSignals(signals)
  process.emit("SIGUSR2")
  await app.close()
  await settled()
  expect(app.errors).toMatchObject([{ phase: "shutdown", error: { message: "no cluster" } }])
})

test.each([
  ["no list", { signals: "SIGTERM" }],
  ["an empty list", []],
  ["no signal", ["TERM"]],
  ["a misspelt signal", ["SIGUSR2", "SIGTRM"]],
  ["a signal that nobody can catch", ["SIGUSR2", "SIGKILL"]],
  ["a callback that is none", { onClosed: true }],
  ["a time that is none", { timeout: Number.NaN }],
  ["an unknown name", { onClose: () => undefined }],
  ["null", null],
])("G22 %s is refused at the call, and nothing is bound", async (_what, options) => {
  const before = listeners()
  await using app = await testApp(EchoModule)
  expect(() => app.app.closeOnSignals(options as never)).toThrow(badOption)
  expect(listeners()).toBe(before)
})

/** An application whose start stops in `onModuleInit`, with what lets it go on. */
async function starting(onModuleDestroy = (): unknown => undefined): Promise<{
  readonly app: Awaited<ReturnType<typeof ToniFactory.create>>
  readonly clock: TestClock
  readonly lines: string[]
  readonly goOn: () => void
}> {
  let goOn!: () => void
  const gate = new Promise<void>((resolve) => (goOn = resolve))
  class Migrations {
    onModuleInit(): Promise<void> {
      return gate
    }
    onModuleDestroy = onModuleDestroy
  }
  const clock = new TestClock()
  const lines: string[] = []
  const log = (_fields: unknown, message: string): void => void lines.push(message)
  const logger = { debug: log, info: log, warn: log, error: log }
  const module = defineModule({ name: "M", providers: [Migrations] })
  const app = await ToniFactory.create(module, new MemoryHttpAdapter(), { clock, logger })
  return { app, clock, lines, goOn }
}

test("G22 a signal during the start lets it come to its end: listen() answers, then the application closes", async () => {
  const { app, lines, goOn } = await starting()
  const whenClosed = new Promise((resolve) => app.closeOnSignals({ signals, onClosed: resolve }))
  const listening = app.listen(0)
  process.emit("SIGUSR2")
  goOn()
  expect(await listening).toMatchObject({ url: "http://memory" })
  await whenClosed
  expect(lines).toEqual(["Closing", "Listening", "Closed"])
})

test("G22 a signal during a start that hangs closes the application when the time is up, and listen() rejects", async () => {
  const { app, clock } = await starting()
  const { closed } = app.closeOnSignals(signals, { timeout: 3_000 })
  const listening = app.listen(0).catch((error: unknown) => error)
  process.emit("SIGUSR2")
  for (let second = 0; second < 8; second++) await clock.advance(1_000)
  expect((await closed).failures).toMatchObject([{ name: "Migrations", error: { code: "TONI_HOOK_TIMEOUT" } }])
  expect(clock.timers).toBe(0)
  const error = await listening
  expect(error).toMatchObject({ code: "TONI_LIFECYCLE", message: expect.stringContaining("Migrations") })
})

test("G22 a signal before any start closes the application, and nothing fails", async () => {
  const { app, lines } = await starting()
  const whenClosed = new Promise((resolve) => app.closeOnSignals({ signals, onClosed: resolve }))
  process.emit("SIGUSR2")
  await whenClosed
  expect(lines).toEqual(["Closing", "Closed"])
})

test("G22 what the start takes is taken from the time to close, and no more", async () => {
  const { app, clock, goOn } = await starting(() => new Promise(() => undefined))
  await clock.advance(5_000)
  let isClosed = false
  void app.closeOnSignals(signals, { timeout: 3_000 }).closed.then(() => (isClosed = true))
  const listening = app.listen(0)
  process.emit("SIGUSR2")
  await clock.advance(1_000)
  goOn()
  await listening
  // Two seconds are left, and hooks that hang have one more when they are over.
  await clock.advance(2_999)
  expect(isClosed).toBe(false)
  await clock.advance(1)
  expect(isClosed).toBe(true)
})

test("G22 a second signal during a shutdown is the runtime's again", async () => {
  const before = listeners()
  await using app = await testApp(EchoModule)
  app.app.closeOnSignals(signals)
  const other = vi.fn<() => void>()
  process.on("SIGUSR2", other)
  onTestFinished(() => void process.off("SIGUSR2", other))
  process.emit("SIGUSR2")
  expect(listeners()).toBe(before + 1)
  process.emit("SIGUSR2")
  expect(other).toHaveBeenCalledTimes(2)
  await app.close()
})
