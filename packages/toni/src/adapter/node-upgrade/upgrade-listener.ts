import type { IncomingMessage } from "node:http"
import type { Socket } from "node:net"
import type { UpgradeDoor } from "../websocket-adapter.ts"
import type { NodeServer } from "./node-server.ts"
import { PendingNodeUpgrade, type OpenSocket } from "./pending-upgrade.ts"
import { serveAsPlainRequest } from "./plain-request.ts"

/** Hands the WebSocket upgrades of a server to `door`, and leaves to others what is theirs (rule G5c). */
export function listenForUpgrades(server: NodeServer, door: UpgradeDoor, open: OpenSocket): () => void {
  const onUpgrade = (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    const isShared = server.listenerCount("upgrade") > 1
    if (isShared && !door.owns(request.url ?? "")) return
    if (!isWebSocket(request)) {
      if (!isShared) serveAsPlainRequest(server, { request, socket, head })
      return
    }
    const pending = new PendingNodeUpgrade({ request, socket, head }, open)
    door.upgrade(pending)
    pending.wait()
  }
  server.on("upgrade", onUpgrade)
  return () => void server.off("upgrade", onUpgrade)
}

function isWebSocket({ headers }: IncomingMessage): boolean {
  return (headers.upgrade ?? "").split(",").some((protocol) => protocol.trim().toLowerCase() === "websocket")
}
