import { expect, test } from "vitest"
import type { WsClient } from "../connection/ws-client.ts"
import { defineModule } from "../module/module-definition.ts"
import { testApp, type TestAppOptions } from "./test-app.ts"
import { TestClock } from "./test-clock.ts"

const Empty = defineModule({ name: "Empty" })

test("an option of testApp that does not exist, or has the wrong form, is refused by its name", async () => {
  const wrong = async (options: unknown): Promise<unknown> =>
    testApp(Empty, options as TestAppOptions).catch((error) => error)
  expect(await wrong({ overrides: [] })).toMatchObject({
    code: "TONI_BAD_OPTION",
    message: expect.stringContaining("overrides") as unknown,
  })
  expect(await wrong({ clock: Date })).toMatchObject({
    code: "TONI_BAD_OPTION",
    message: expect.stringContaining("clock") as unknown,
  })
  expect(await wrong(null)).toMatchObject({ code: "TONI_BAD_OPTION" })
})

test("what was built is destroyed when the defaults are refused", async () => {
  let destroyed = 0
  class Store {
    onModuleDestroy(): void {
      destroyed++
    }
  }
  const module = defineModule({ name: "Stores", providers: [Store] })
  await expect(testApp(module, { defaults: { maxPayload: 0 } })).rejects.toMatchObject({ code: "TONI_BAD_OPTION" })
  expect(destroyed).toBe(1)
})

test("a target that is no string, and a handshake of the wrong form, are refused with a ToniError", async () => {
  await using app = await testApp(Empty)
  await expect(app.connectRaw(undefined as unknown as string)).rejects.toMatchObject({ code: "TONI_BAD_ARGUMENT" })
  await expect(app.connectRaw("/", { method: 1 as unknown as string })).rejects.toMatchObject({
    code: "TONI_BAD_OPTION",
  })
})

test("a clock moves forward, by a time that ends", async () => {
  const clock = new TestClock()
  for (const wrong of [-1, NaN, Infinity, "1"]) {
    await expect(clock.advance(wrong as number)).rejects.toMatchObject({ code: "TONI_BAD_ARGUMENT" })
  }
  expect(clock.now()).toBe(0)
})

class Door {
  readonly path = "/door"
  onHandshake = () => true
  onMessage(client: WsClient): void {
    void client.close(4000, "enough")
  }
}

test("what a client rejects with points at the line of the test that asked", async () => {
  await using app = await testApp(defineModule({ name: "Doors", providers: [Door] }))
  const stackOf = async (call: () => Promise<unknown>): Promise<string | undefined> =>
    call().then(
      () => undefined,
      (error: Error) => error.stack,
    )
  const here = /^\w+: .+\n(.*\n)*.*test-app\.test\.ts/
  expect(await stackOf(() => app.connectRaw("/nowhere"))).toMatch(here)
  const client = await app.connectRaw("/door")
  client.send("hello")
  expect(await stackOf(() => client.nextMessage())).toMatch(here)
  expect(await stackOf(() => client.nextText())).toMatch(here)
})
