import { expect, test } from "vitest"
import type { WsClient } from "../connection/ws-client.ts"
import type { GatewayOptions } from "../gateway/gateway-options.ts"
import type { WsMessage } from "../message/ws-message.ts"
import { defineModule } from "../module/module-definition.ts"
import { testApp, type TestApp } from "../testing/test-app.ts"

class Strict {
  readonly path = "/strict"
  readonly options: GatewayOptions = {
    maxPayload: 10,
    rateLimit: { messages: 1, per: 1_000, burst: 2 },
    maxBackpressure: 1_000,
  }
  onMessage(client: WsClient, message: WsMessage): void {
    if (message.asText() !== "go") return
    for (let count = 0; count < 100; count++) void client.send("x".repeat(100))
  }
}

const StrictModule = defineModule({ name: "StrictModule", providers: [Strict] })
const closings = ({ log }: TestApp): readonly unknown[] =>
  log.filter(({ message }) => /lients? closed/.test(message)).map(({ level, fields }) => ({ level, ...fields }))

test("G20a a client that was closed for a limit is a line in the log, which names the limit", async () => {
  await using app = await testApp(StrictModule)
  const fast = await app.connectRaw("/strict")
  for (const message of ["one", "two", "three"]) fast.send(message)
  await fast.closed
  const big = await app.connectRaw("/strict")
  big.send("more than ten characters")
  await big.closed
  await app.clock.advance(0)
  expect(closings(app)).toMatchObject([
    { level: "info", code: 1008, gateway: "Strict", detail: "It went over rateLimit." },
    { level: "info", code: 1009, gateway: "Strict", detail: "It went over maxPayload." },
  ])
})

test("a client that was closed because it does not read is a line in the log", async () => {
  await using app = await testApp(StrictModule)
  const client = await app.connectRaw("/strict")
  client.pauseReading()
  client.send("go")
  await app.clock.advance(10_000)
  expect(closings(app)).toMatchObject([{ code: 1013, detail: expect.stringMatching(/^It did not read: \d+ bytes/) }])
})

test("a client that leaves, or that is told of the shutdown, is no line", async () => {
  const app = await testApp(StrictModule)
  const [one, other] = [await app.connectRaw("/strict"), await app.connectRaw("/strict")]
  await one.close(4000)
  other.drop()
  await app.connectRaw("/strict")
  await app.close()
  expect(closings(app)).toEqual([])
})

test("of a thousand clients that are closed in one second ten are lines; how many the others were is another", async () => {
  const app = await testApp(StrictModule)
  for (let count = 0; count < 1_000; count++) {
    const client = await app.connectRaw("/strict")
    client.send("more than ten characters")
    await client.closed
  }
  expect(closings(app)).toHaveLength(10)
  await app.close()
  expect(closings(app).at(-1)).toMatchObject({ reason: "Strict: maxPayload", count: 990 })
})
