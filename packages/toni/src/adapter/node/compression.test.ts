import { once } from "node:events"
import { expect, test, vi } from "vitest"
import { WebSocket } from "ws"
import { ToniFactory } from "../../app/toni-factory.ts"
import type { WsClient } from "../../connection/ws-client.ts"
import { Hub } from "../../hub/hub.ts"
import type { WsMessage } from "../../message/ws-message.ts"
import { defineModule } from "../../module/module-definition.ts"
import { MemoryHttpAdapter } from "../memory/memory-http-adapter.ts"
import { MemoryWebSocketAdapter } from "../memory/memory-websocket-adapter.ts"
import { NodeHttpAdapter } from "./node-http-adapter.ts"
import { NodeWebSocketAdapter } from "./node-websocket-adapter.ts"
import { zlibDeflater } from "./zlib-deflater.ts"

const logger = { debug() {}, info() {}, warn() {}, error() {} }

class Room {
  readonly path = "/room"
  readonly options = { compression: { threshold: 100 } }
  onConnect(client: WsClient): Promise<void> {
    return client.subscribe("room")
  }
  onMessage(client: WsClient, message: WsMessage): Promise<boolean> {
    return client.send(message)
  }
}

const RoomModule = defineModule({ name: "RoomModule", providers: [Room] })

/** An application that compresses, and as many clients of the ws library as are asked for. */
async function room(count: number) {
  const app = await ToniFactory.create(RoomModule, new NodeHttpAdapter(), { logger })
  app.useWebSocketAdapter(new NodeWebSocketAdapter())
  const { port } = await app.listen(0, "127.0.0.1")
  const clients = Array.from({ length: count }, () => new WebSocket(`ws://127.0.0.1:${port}/room`))
  await Promise.all(clients.map((client) => once(client, "open")))
  return { app, clients, [Symbol.asyncDispose]: async () => void (await app.close()) }
}

async function nextText(client: WebSocket): Promise<string> {
  const [data] = (await once(client, "message")) as [Buffer]
  return data.toString()
}

test("G20a a client that compresses gets what it sent, short or long", async () => {
  await using served = await room(1)
  const [client] = served.clients as [WebSocket]
  expect(client.extensions).toContain("permessage-deflate")
  for (const text of ["short", "long ".repeat(10_000), "ünïcödé ".repeat(500)]) {
    client.send(text)
    expect(await nextText(client)).toBe(text)
  }
})

test("H4 what is published is compressed once, whoever follows", async () => {
  await using served = await room(5)
  const deflate = vi.spyOn(zlibDeflater, "deflate")
  const received = served.clients.map(nextText)
  await served.app.get(Hub).publish("room", "news ".repeat(100))
  expect(new Set(await Promise.all(received))).toEqual(new Set(["news ".repeat(100)]))
  expect(deflate).toHaveBeenCalledTimes(1)
  deflate.mockRestore()
})

test("G20a a message below the threshold is sent as it is", async () => {
  await using served = await room(1)
  const deflate = vi.spyOn(zlibDeflater, "deflate")
  const [client] = served.clients as [WebSocket]
  client.send("x".repeat(99))
  expect(await nextText(client)).toHaveLength(99)
  expect(deflate).not.toHaveBeenCalled()
  deflate.mockRestore()
})

test("G20a an adapter that cannot compress is refused where a gateway asks for it", async () => {
  const app = await ToniFactory.create(RoomModule, new MemoryHttpAdapter(), { logger })
  expect(() => app.useWebSocketAdapter(new MemoryWebSocketAdapter())).toThrow(
    expect.objectContaining({
      code: "TONI_BAD_OPTION",
      message: expect.stringContaining("Room asks for compression"),
      fix: expect.stringContaining("Remove the option compression"),
    }),
  )
})
