import type { EventEmitter } from "node:events"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { UpgradeDoor } from "../websocket-adapter.ts"
import { leftHttp } from "./left-http.ts"
import type { NodeServer } from "./node-server.ts"
import { PendingNodeUpgrade, type OpenSocket } from "./pending-upgrade.ts"
import { serveAsPlainRequest } from "./plain-request.ts"
import { readHeader } from "./raw-headers.ts"

/** The doors of all applications that serve a server, first come first. */
const doorsOf = new WeakMap<NodeServer, readonly UpgradeDoor[]>()

/** Hands the WebSocket upgrades of a server to `door`, and leaves to others what is theirs (rule G5c). */
export function listenForUpgrades(server: NodeServer, door: UpgradeDoor, open: OpenSocket): () => void {
  const openOutsideHttp: OpenSocket = (upgrade, terms, events) => {
    ;(server as EventEmitter).emit(leftHttp, upgrade.socket)
    return open(upgrade, terms, events)
  }
  const onUpgrade = (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    const doors = doorsOf.get(server) ?? []
    const isShared = server.listenerCount("upgrade") > doors.length
    // What no application owns and nobody else can want is answered by the first of them.
    const fallback = isShared ? undefined : doors[0]
    const isAlone = !isShared && doors.length === 1
    if (!isWebSocket(request)) {
      if (door === fallback) serveAsPlainRequest(server, { request, socket, head })
      return
    }
    if (!isAlone && door !== (doors.find((each) => each.owns(request.url ?? "")) ?? fallback)) return
    if (endsBehindResponse(socket)) return
    const pending = new PendingNodeUpgrade({ request, socket, head }, openOutsideHttp)
    door.upgrade(pending)
    pending.wait()
  }
  doorsOf.set(server, [...(doorsOf.get(server) ?? []), door])
  server.on("upgrade", onUpgrade)
  return () => {
    doorsOf.set(
      server,
      (doorsOf.get(server) ?? []).filter((each) => each !== door),
    )
    server.off("upgrade", onUpgrade)
  }
}

/**
 * An upgrade that was sent before the answer to an earlier request had come must not be answered: the answer, when it
 * comes, would stand among the frames. The connection ends behind that answer (RFC 9112 section 9.3.2).
 */
function endsBehindResponse(socket: Socket): boolean {
  // Node does not document where it keeps the response in flight.
  const { _httpMessage: response } = socket as { _httpMessage?: ServerResponse | null }
  if (!response || response.writableFinished) return false
  socket.on("error", () => undefined)
  response.once("close", () => socket.destroySoon())
  return true
}

function isWebSocket({ rawHeaders }: IncomingMessage): boolean {
  const protocols = readHeader(rawHeaders, "upgrade")
  if (protocols === undefined || protocols === "websocket") return protocols !== undefined
  return protocols.split(",").some((protocol) => protocol.trim().toLowerCase() === "websocket")
}
