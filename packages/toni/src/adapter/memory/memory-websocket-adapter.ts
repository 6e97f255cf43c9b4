import type { UpgradeDoor, WebSocketAdapter, WebSocketSupport } from "../websocket-adapter.ts"
import type { MemoryServer } from "./memory-server.ts"

/** WebSockets between parts of one process: everything but bytes and sockets is as on a network. */
export class MemoryWebSocketAdapter implements WebSocketAdapter<MemoryServer> {
  readonly name = "memory"
  readonly supports: WebSocketSupport = {
    wire: false,
    rawHead: true,
    earlyFrames: false,
    pause: true,
    fragments: true,
    violations: true,
    closeHandshake: true,
    compression: false,
  }

  attach(server: MemoryServer, door: UpgradeDoor): () => void {
    return server.open(door)
  }
}
