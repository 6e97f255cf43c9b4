import { once } from "node:events"
import type { IncomingMessage } from "node:http"
import { expect, test } from "vitest"
import { WebSocket } from "ws"
import { ToniFactory } from "../../app/toni-factory.ts"
import type { WsHandshake } from "../../gateway/ws-handshake.ts"
import { defineModule } from "../../module/module-definition.ts"
import { WsWebSocketAdapter } from "../ws/ws-websocket-adapter.ts"
import { NodeHttpAdapter } from "./node-http-adapter.ts"
import { NodeWebSocketAdapter } from "./node-websocket-adapter.ts"

class Cookies {
  readonly path = "/cookies"
  onHandshake(handshake: WsHandshake) {
    return handshake.accept({ headers: { "Set-Cookie": ["a=1; HttpOnly", "b=2"], "X-One": "1" } })
  }
  onMessage(): void {}
}

test.each([new NodeWebSocketAdapter(), new WsWebSocketAdapter()])(
  "G6a a list of values makes a header of each, on the $name adapter",
  async (adapter) => {
    const module = defineModule({ name: "CookiesModule", providers: [Cookies] })
    const logger = { debug() {}, info() {}, warn() {}, error() {} }
    const app = await ToniFactory.create(module, new NodeHttpAdapter(), { logger })
    app.useWebSocketAdapter(adapter)
    const { port } = await app.listen(0, "127.0.0.1")
    const client = new WebSocket(`ws://127.0.0.1:${port}/cookies`)
    const [response] = (await once(client, "upgrade")) as [IncomingMessage]
    expect(response.headers["set-cookie"]).toEqual(["a=1; HttpOnly", "b=2"])
    expect(response.headers["x-one"]).toBe("1")
    client.terminate()
    await app.close()
  },
)
