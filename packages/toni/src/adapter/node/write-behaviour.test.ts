import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { expect, onTestFinished, test, vi } from "vitest"
import { WebSocket } from "ws"
import { ToniFactory } from "../../app/toni-factory.ts"
import type { WsClient } from "../../connection/ws-client.ts"
import { Hub } from "../../hub/hub.ts"
import { WsMessage } from "../../message/ws-message.ts"
import { defineModule } from "../../module/module-definition.ts"
import { settled } from "../../testing/test-clock.ts"
import { unsentBytes } from "../node-upgrade/socket-internals.ts"
import { NodeHttpAdapter } from "./node-http-adapter.ts"
import { NodeWebSocketAdapter } from "./node-websocket-adapter.ts"
import { SharedFrames } from "./shared-frames.ts"

const logger = { debug() {}, info() {}, warn() {}, error() {} }

/** A server that hands over its clients and their sockets. */
async function serve() {
  const clients: WsClient[] = []
  const sockets: Socket[] = []
  class Feed {
    readonly path = "/feed"
    readonly options = { maxBackpressure: 64 * 1_048_576 }
    async onConnect(client: WsClient): Promise<void> {
      clients.push(client)
      await client.subscribe("all")
    }
    onMessage(): void {}
  }
  const http = new NodeHttpAdapter((request, response) => {
    if (request.url === "/slow") void settled().then(() => response.end("slow answer"))
    else response.end("quick answer")
  })
  http.server.on("connection", (socket: Socket) => sockets.push(socket))
  const app = await ToniFactory.create(defineModule({ name: "M", providers: [Feed] }), http, { logger })
  app.useWebSocketAdapter(new NodeWebSocketAdapter())
  const { port } = await app.listen(0, "127.0.0.1")
  return { app, port, clients, sockets, [Symbol.asyncDispose]: async () => void (await app.close({ timeout: 100 })) }
}

test("G15c what a stopped reader cannot take waits as bytes, not as a write for each turn", async () => {
  await using server = await serve()
  const peer = new WebSocket(`ws://127.0.0.1:${server.port}/feed`)
  await once(peer, "open")
  peer.pause()
  const [client] = server.clients as [WsClient]
  const [socket] = server.sockets as [Socket]
  const received: string[] = []
  const complete = new Promise<void>((resolve) => {
    peer.on("message", (data: Buffer, isBinary) => {
      received.push(isBinary ? "big" : data.toString())
      if (received.length === 51) resolve()
    })
  })
  void client.send(WsMessage.binary(new Uint8Array(16 * 1_048_576)))
  const inStream = socket.writableLength
  expect(inStream).toBeGreaterThan(1_048_576)
  const small = Array.from({ length: 50 }, (_, index) => String(index).padStart(2, "0"))
  for (const text of small) {
    void client.send(text)
    await settled()
  }
  expect([socket.writableLength, client.bufferedAmount]).toEqual([inStream, unsentBytes(socket) + 50 * 4])
  peer.resume()
  await complete
  expect(received).toEqual(["big", ...small])
  peer.terminate()
})

test("H4 a published message that is sent again later is encoded anew", async () => {
  await using server = await serve()
  const peer = new WebSocket(`ws://127.0.0.1:${server.port}/feed`)
  await once(peer, "open")
  const bytes = new Uint8Array(20_000).fill(65)
  const message = WsMessage.binary(bytes)
  const [client] = server.clients as [WsClient]
  for (const [value, send] of [
    [65, () => server.app.get(Hub).publish("all", message)],
    [66, () => server.app.get(Hub).publish("all", message)],
    [67, () => client.send(message)],
  ] as const) {
    bytes.fill(value)
    const received = once(peer, "message")
    await send()
    const [data] = (await received) as [Buffer]
    expect(data[0]).toBe(value)
    await settled()
  }
  peer.terminate()
})

test("H4 to publish a message leaves no mark on it: sent again, to one client alone, no frame is shared", async () => {
  await using server = await serve()
  const peer = new WebSocket(`ws://127.0.0.1:${server.port}/feed`)
  await once(peer, "open")
  const frameOf = vi.spyOn(SharedFrames.prototype, "frameOf")
  onTestFinished(() => frameOf.mockRestore())
  const message = WsMessage.text("news")
  const [client] = server.clients as [WsClient]
  const received = once(peer, "message")
  await server.app.get(Hub).publish("all", message)
  await client.send(message)
  await received
  expect(frameOf).toHaveBeenCalledTimes(1)
  peer.terminate()
})

test("G5b an upgrade that is pipelined behind a request is answered when the request is", async () => {
  await using server = await serve()
  const socket = connect(server.port, "127.0.0.1")
  const upgrade =
    "GET /feed HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
  socket.write(`GET /slow HTTP/1.1\r\nHost: x\r\n\r\n${upgrade}`)
  let answer = ""
  socket.setEncoding("latin1").on("data", (text: string) => (answer += text))
  while (!/slow answer.*101.*\r\n\r\n/s.test(answer)) await once(socket, "data")
  expect(server.clients).toHaveLength(1)
  socket.destroy()
})
