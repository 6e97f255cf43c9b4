import { once } from "node:events"
import { createServer } from "node:http"
import { connect, type AddressInfo, type Socket } from "node:net"
import { expect, onTestFinished, test } from "vitest"
import { WsMessage } from "../../message/ws-message.ts"
import type { AdapterSocket } from "../websocket-adapter.ts"
import { NodeWebSocketAdapter } from "./node-websocket-adapter.ts"

interface Opened {
  readonly socket: AdapterSocket
  /** Node's own, below it. */
  readonly below: Socket
  readonly peer: Socket
  readonly closed: Promise<void>
}

/** A connection on this adapter, without the core above it. */
async function open(): Promise<Opened> {
  const server = createServer().listen(0, "127.0.0.1")
  onTestFinished(() => void server.close())
  await once(server, "listening")
  const accepted = new Promise<Pick<Opened, "socket" | "closed">>((resolve) => {
    const upgrade = new NodeWebSocketAdapter().attach(server, {
      owns: () => true,
      upgrade(pending) {
        let tellClosed = (): void => undefined
        const closed = new Promise<void>((tell) => (tellClosed = tell))
        const limits = { maxPayload: 1_024, maxFragments: 4 }
        const events = { message() {}, writable() {}, violation() {}, closed: () => tellClosed() }
        const socket = pending.accept({ protocol: undefined, headers: [], limits }, events)
        resolve({ socket: socket as AdapterSocket, closed })
      },
    })
    onTestFinished(upgrade)
  })
  const connection = once(server, "connection")
  const peer = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true })
  onTestFinished(() => void peer.destroy())
  peer.on("error", () => undefined)
  peer.write(
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  )
  await once(peer, "data")
  const [below] = (await connection) as [Socket]
  return { ...(await accepted), below, peer }
}

const unsent = { isOpen: false, sent: 0, pending: 0 }

function state(socket: AdapterSocket): unknown {
  return { isOpen: socket.isOpen, sent: socket.send(WsMessage.text("too late")), pending: socket.pendingBytes }
}

test("G15a what we have cut takes nothing more, from that moment on", async () => {
  const { socket, closed } = await open()
  expect(state(socket)).toEqual({ isOpen: true, sent: 8, pending: 10 })
  socket.terminate()
  expect(state(socket)).toEqual(unsent)
  await closed
})

test("G15a what ends without a Close takes nothing more once we know of the end", async () => {
  const { socket, below, peer, closed } = await open()
  const ended = new Promise((resolve) => below.on("end", () => resolve(state(socket))))
  peer.end()
  expect(await ended).toEqual(unsent)
  await closed
})

test("G15a what was reset takes nothing more", async () => {
  const { socket, peer, closed } = await open()
  peer.resetAndDestroy()
  await closed
  expect(state(socket)).toEqual(unsent)
})
