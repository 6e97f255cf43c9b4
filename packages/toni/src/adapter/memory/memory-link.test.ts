import { expect, test } from "vitest"
import { defineModule } from "../../module/module-definition.ts"
import { testApp } from "../../testing/test-app.ts"
import type { DisconnectReason } from "../../message/disconnect-reason.ts"
import type { WsClient } from "../../connection/ws-client.ts"

/** Sends bytes, and gives their memory away before they have been taken. */
class Careless {
  readonly path = "/careless"
  reason: DisconnectReason | undefined
  onMessage(client: WsClient): void {
    const bytes = new Uint8Array(8)
    void client.send(bytes)
    structuredClone(bytes, { transfer: [bytes.buffer] })
  }
  onDisconnect(_client: WsClient, reason: DisconnectReason): void {
    this.reason = reason
  }
}

test("G16b: what cannot be carried any more ends its own link, which says so, and no other", async () => {
  const careless = new Careless()
  const provider = { provide: Careless, useValue: careless }
  await using app = await testApp(defineModule({ name: "Links", providers: [provider] }))
  await using other = await app.connectRaw("/careless")
  const client = await app.connectRaw("/careless")
  client.send("go")
  expect(await client.closed).toEqual({ code: 1006, reason: "" })
  await app.clock.advance(0)
  expect(careless.reason).toMatchObject({ kind: "lost", error: expect.any(TypeError) as unknown })
  expect(app.errors).toMatchObject([{ phase: "socket", gateway: "Careless" }])
  expect(other.isOpen).toBe(true)
})
