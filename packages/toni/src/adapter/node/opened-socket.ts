import { once } from "node:events"
import { createServer } from "node:http"
import { connect, type AddressInfo, type Socket } from "node:net"
import type { AdapterSocket, SocketEvents, UpgradeDoor } from "../websocket-adapter.ts"
import { NodeWebSocketAdapter } from "./node-websocket-adapter.ts"

export interface Opened extends AsyncDisposable {
  readonly socket: AdapterSocket
  /** Node's own, below it. */
  readonly below: Socket
  readonly peer: Socket
  readonly closed: Promise<void>
}

function ignore(): void {
  // Nobody asks for it.
}

/** For tests: a connection on this adapter, without the core above it. `offer`: lines of headers, each with its end. */
export async function open(
  message: SocketEvents["message"] = () => undefined,
  adapter: NodeWebSocketAdapter = new NodeWebSocketAdapter(),
  offer = "",
  others: Partial<SocketEvents> = {},
): Promise<Opened> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  let detach = (): void => undefined
  const accepted = new Promise<Pick<Opened, "socket" | "closed">>((resolve) => {
    const limits = { maxPayload: 1_048_576, maxFragments: 4, compression: { threshold: 1 } }
    const door: UpgradeDoor = {
      owns: () => true,
      failed() {},
      upgrade(pending) {
        let tellClosed = (): void => undefined
        const closed = new Promise<void>((tell) => (tellClosed = tell))
        const events: SocketEvents = {
          message,
          writable: others.writable ?? ignore,
          violation: others.violation ?? ignore,
          failed: others.failed ?? ignore,
          closed(end) {
            tellClosed()
            others.closed?.(end)
          },
        }
        const socket = pending.accept({ protocol: undefined, headers: [], limits }, events)
        resolve({ socket: socket as AdapterSocket, closed })
      },
    }
    detach = adapter.attach(server, door)
  })
  const connection = once(server, "connection")
  const peer = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true })
  peer.on("error", () => undefined)
  peer.write(
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
      `${offer}\r\n`,
  )
  await once(peer, "data")
  const [below] = (await connection) as [Socket]
  const { socket, closed } = await accepted
  return {
    socket,
    closed,
    below,
    peer,
    async [Symbol.asyncDispose]() {
      peer.destroy()
      await closed
      detach()
      server.close()
    },
  }
}
