// #region first
import { testApp, type TestApp } from "toni/testing"
import { expect, test } from "vitest"
import { ChatModule, Users } from "./chat.module.ts"

const midnight = Date.UTC(2026, 0, 1)

class TwoUsers extends Users {
  override async byToken(token: string) {
    return token === "Ann" || token === "Ben" ? { name: token, expiresAt: midnight + 60_000 } : undefined
  }
}

const start = () => testApp(ChatModule, { override: [{ provide: Users, useClass: TwoUsers }] })
const connect = (app: TestApp, name: string) =>
  app.connectRaw("/chat", { headers: { authorization: `Bearer ${name}` } })

test("a user is welcomed by name", async () => {
  await using app = await start()
  const ann = await connect(app, "Ann")
  expect(await ann.nextText()).toBe("Welcome, Ann")
})
// #endregion

// #region two
test("what one says reaches the other", async () => {
  await using app = await start()
  const ann = await connect(app, "Ann")
  const ben = await connect(app, "Ben")
  await ben.nextText()
  ann.send("hello")
  expect(await ben.nextText()).toBe("Ann: hello")
})
// #endregion

// #region refused
test("who has no token is refused with 401", async () => {
  await using app = await start()
  await expect(app.connectRaw("/chat")).rejects.toMatchObject({ status: 401 })
})
// #endregion

// #region clock
test("a connection ends with its token", async () => {
  await using app = await start()
  const ann = await connect(app, "Ann")
  await app.clock.advance(60_000)
  expect(await ann.closed).toEqual({ code: 4401, reason: "expired" })
})
// #endregion

// #region network
test("the others learn that the network failed", async () => {
  await using app = await start()
  const ann = await connect(app, "Ann")
  const ben = await connect(app, "Ben")
  await ben.nextText()
  ann.drop()
  expect(await ben.nextText()).toBe("Ann left (lost)")
})

test("the others learn that a client has gone silent", async () => {
  await using app = await start()
  const ann = await connect(app, "Ann")
  const ben = await connect(app, "Ben")
  await ben.nextText()
  ann.stopAnsweringPings()
  await app.clock.advance(42_000)
  expect(await ben.nextText()).toBe("Ann left (timeout)")
})
// #endregion

// #region errors
test("a picture is an error", async () => {
  await using app = await start()
  const ann = await connect(app, "Ann")
  await ann.nextText()
  ann.send(Uint8Array.of(1, 2, 3))
  await app.clock.advance(0)
  expect(app.errors).toMatchObject([{ phase: "message", gateway: "ChatGateway" }])
})
// #endregion
