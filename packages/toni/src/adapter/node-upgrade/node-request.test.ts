import type { IncomingMessage } from "node:http"
import { WebSocket } from "ws"
import { describe, expect, onTestFinished, test } from "vitest"
import { ToniFactory } from "../../app/toni-factory.ts"
import type { WsHandshake } from "../../gateway/ws-handshake.ts"
import { defineModule } from "../../module/module-definition.ts"
import { testApp } from "../../testing/test-app.ts"
import { NodeHttpAdapter } from "../node/node-http-adapter.ts"
import { NodeWebSocketAdapter } from "../node/node-websocket-adapter.ts"
import { WsWebSocketAdapter } from "../ws/ws-websocket-adapter.ts"
import { nodeRequest } from "./node-request.ts"

/** A module whose gateway keeps what it is shown, and the request behind it. */
function keeping() {
  const kept: { handshake: WsHandshake; request: IncomingMessage | undefined }[] = []
  class Chat {
    readonly path = "/chat"
    onHandshake(handshake: WsHandshake): boolean {
      kept.push({ handshake, request: nodeRequest(handshake) })
      return false
    }
    onMessage(): void {}
  }
  return { kept, module: defineModule({ name: "Module", providers: [Chat] }) }
}

describe.each([
  ["node", () => new NodeWebSocketAdapter()],
  ["ws", () => new WsWebSocketAdapter()],
])("on the %s adapter", (_, adapter) => {
  test("onHandshake can have the request of Node, whose socket is the peer's", async () => {
    const { kept, module } = keeping()
    const app = await ToniFactory.create(module, new NodeHttpAdapter(), { logLevel: "error" })
    onTestFinished(async () => void (await app.close()))
    app.useWebSocketAdapter(adapter())
    const { port } = await app.listen(0, "127.0.0.1")
    const socket = new WebSocket(`ws://127.0.0.1:${port}/chat?a=1`, { headers: { "x-tag": "mine" } })
    await new Promise((resolve) => socket.on("error", resolve))
    const [{ request } = { request: undefined }] = kept
    expect([request?.url, request?.headers["x-tag"], request?.socket.localPort]).toEqual(["/chat?a=1", "mine", port])
  })
})

test("in memory there is no request of Node", async () => {
  const { kept, module } = keeping()
  await using app = await testApp(module)
  await expect(app.connectRaw("/chat")).rejects.toMatchObject({ status: 403 })
  expect(kept).toMatchObject([{ request: undefined }])
})

test.each([[{}], [null], [undefined], ["/chat"], [5]])("%j is no handshake", (value) => {
  expect(() => nodeRequest(value as object)).toThrow(
    expect.objectContaining({ code: "TONI_BAD_ARGUMENT", fix: expect.stringContaining("onHandshake") }),
  )
})
