import { HomeContext } from "../home-context.ts"
import type { Clock } from "../clock.ts"
import { expect, test } from "vitest"
import { Token } from "../di/token.ts"
import type { Gateway } from "../gateway/gateway.ts"
import { defineModule } from "../module/module-definition.ts"
import type { Connection } from "../connection/connection.ts"
import type { DisconnectReason } from "../message/disconnect-reason.ts"
import { TestClock } from "../testing/test-clock.ts"
import { drain } from "./drain.ts"
import { LiveConnections } from "./live-connections.ts"
import { testApp, type TestApp } from "../testing/test-app.ts"

const never = new Promise<void>(() => undefined)

function serving(gateway: Gateway): Promise<TestApp> {
  const providers = [{ provide: new Token<Gateway>("Gateway"), useValue: gateway }]
  return testApp(defineModule({ name: "Draining", providers }))
}

test("G21b no timer is left of waves whose clients had gone before", async () => {
  const app = await serving({ path: "/chat", onMessage: () => undefined })
  const clients = [await app.connectRaw("/chat"), await app.connectRaw("/chat")]
  const closing = app.app.close({ window: 60_000 })
  for (const client of clients) client.drop()
  await closing
  expect(app.clock.timers).toBe(0)
})

test("G21b a client whose every hook hangs is given up, and no timer is left", async () => {
  const onMessage: Gateway["onMessage"] = (client) => client.send("started").then(() => never)
  const app = await serving({ path: "/chat", onMessage, onDisconnect: () => never })
  const client = await app.connectRaw("/chat")
  client.send("hello")
  await client.nextText()
  const report = await app.close()
  expect(report.abandoned).toBe(2)
  expect(app.errors.map(({ phase }) => phase)).toEqual(["message", "disconnect"])
  expect(app.clock.timers).toBe(0)
})

/** As much of a connection as a drain sees of it. `answers`: it is gone in the next microtask. */
function crowdOf(size: number, answers: boolean) {
  const live = new LiveConnections()
  const clock = new TestClock()
  /** How many had been asked at the beginning of each turn. */
  const turns: number[] = []
  const watched: Clock = {
    now: () => clock.now(),
    date: () => clock.date(),
    after: (milliseconds, task) =>
      clock.after(milliseconds, () => {
        turns.push(asked.length)
        task()
      }),
  }
  const asked: Connection[] = []
  const abandoned: Connection[] = []
  for (let count = 0; count < size; count++) {
    const connection = {
      seat: -1,
      drain: async () => {
        asked.push(connection)
        await Promise.resolve()
        if (answers) live.delete(connection)
      },
      abandon: () => void abandoned.push(connection),
    } as unknown as Connection
    live.add(connection)
  }
  const draining = drain(live, { home: new HomeContext(), clock: watched, code: 1001, window: 0, timeout: 5_000 })
  return { clock, asked, turns, abandoned, draining }
}

test("G21a many clients are closed a share in each turn of the event loop", async () => {
  const { clock, asked, turns, draining } = crowdOf(1_000, true)
  await clock.advance(0)
  await draining
  const shares = [...turns, asked.length].map((end, index) => end - (turns[index - 1] ?? 0))
  expect(shares.length).toBeGreaterThan(10)
  expect(Math.max(...shares)).toBeLessThanOrEqual(64)
  expect([asked.length, clock.timers]).toEqual([1_000, 0])
})

test("G21a clients that do not answer at once are asked more slowly, and each has its time", async () => {
  const { clock, asked, abandoned, draining } = crowdOf(1_000, false)
  await clock.advance(0)
  expect(asked.length).toBeLessThan(256)
  await clock.advance(1_000)
  expect(asked.length).toBe(1_000)
  await clock.advance(4_000)
  expect(abandoned).toEqual([])
  await clock.advance(1_000)
  expect(new Set(abandoned).size).toBe(1_000)
  await clock.advance(3_000)
  await draining
  expect(clock.timers).toBe(0)
})

test("G21a one client alone has its time as well", async () => {
  const { clock, abandoned, draining } = crowdOf(1, false)
  await clock.advance(4_999)
  expect(abandoned).toEqual([])
  await clock.advance(1)
  expect(abandoned).toHaveLength(1)
  await clock.advance(3_000)
  await draining
  expect(clock.timers).toBe(0)
})

test("G21a when the time is up a client that reads is closed with its code, though its handler hangs", async () => {
  const onMessage: Gateway["onMessage"] = (client) => client.send("started").then(() => never)
  const reasons: DisconnectReason[] = []
  const onDisconnect: Gateway["onDisconnect"] = (_client, reason) => void reasons.push(reason)
  const app = await serving({ path: "/chat", onMessage, onDisconnect })
  const client = await app.connectRaw("/chat")
  client.send("hello")
  await client.nextText()
  const closing = app.close({ code: 1012, timeout: 2_000 })
  expect(await client.closed).toMatchObject({ code: 1012 })
  expect(await closing).toMatchObject({ clients: 1, abandoned: 1 })
  expect(reasons).toEqual([{ kind: "shutdown", code: 1012 }])
})
