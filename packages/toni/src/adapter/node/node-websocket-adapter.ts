import { isUtf8 } from "node:buffer"
import { createHash } from "node:crypto"
import type { DecoderSettings } from "../../protocol/frame-decoder.ts"
import { switchingProtocols } from "../../protocol/opening-handshake.ts"
import type { NodeServer } from "../node-upgrade/node-server.ts"
import type { OpenSocket } from "../node-upgrade/pending-upgrade.ts"
import { listenForUpgrades } from "../node-upgrade/upgrade-listener.ts"
import type { SocketLimits, UpgradeDoor, WebSocketAdapter, WebSocketSupport } from "../websocket-adapter.ts"
import { FlushSchedule } from "./flush-schedule.ts"
import { NodeSocket } from "./node-socket.ts"

/** WebSockets by our own protocol code, on a server of Node, in clear or with TLS. */
export class NodeWebSocketAdapter implements WebSocketAdapter<NodeServer> {
  readonly name = "node"
  readonly supports: WebSocketSupport = { frames: true, compression: false }
  readonly #schedule = new FlushSchedule()
  readonly #settings = new WeakMap<SocketLimits, DecoderSettings>()

  attach(server: NodeServer, door: UpgradeDoor): () => void {
    return listenForUpgrades(server, door, this.#open)
  }

  readonly #open: OpenSocket = ({ request, socket, head }, { protocol, headers, limits }, events) => {
    const key = request.headers["sec-websocket-key"] ?? ""
    socket.setNoDelay(true)
    if (head.byteLength > 0) socket.unshift(head)
    return new NodeSocket(
      socket,
      switchingProtocols(key, sha1, protocol, headers),
      this.#settingsFor(limits),
      events,
      this.#schedule,
    )
  }

  #settingsFor(limits: SocketLimits): DecoderSettings {
    const known = this.#settings.get(limits)
    if (known) return known
    const { maxPayload, maxFragments } = limits
    const settings = { maxPayload, maxFragments, isUtf8 }
    this.#settings.set(limits, settings)
    return settings
  }
}

function sha1(text: string): string {
  return createHash("sha1").update(text).digest("base64")
}
