import { expect, test } from "vitest"
import { Token } from "../di/token.ts"
import type { Gateway } from "../gateway/gateway.ts"
import { defineModule } from "../module/module-definition.ts"
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
