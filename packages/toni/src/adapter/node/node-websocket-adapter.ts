import { isUtf8 } from "node:buffer"
import { hash } from "node:crypto"
import { markAsUntransferable } from "node:worker_threads"
import { checkedOptions } from "../../checked-options.ts"
import type { DecoderSettings } from "../../protocol/frame-decoder.ts"
import { parseExtensions } from "../../protocol/extensions.ts"
import { switchingProtocols } from "../../protocol/opening-handshake.ts"
import { agreeOnDeflate } from "../../protocol/permessage-deflate.ts"
import type { NodeServer } from "../node-upgrade/node-server.ts"
import type { OpenSocket } from "../node-upgrade/pending-upgrade.ts"
import { readHeader } from "../node-upgrade/raw-headers.ts"
import { listenForUpgrades } from "../node-upgrade/upgrade-listener.ts"
import type { SocketLimits, UpgradeDoor, WebSocketAdapter, WebSocketSupport } from "../websocket-adapter.ts"
import { Deflate } from "./deflate.ts"
import { NodeSocket } from "./node-socket.ts"
import { TurnSchedule } from "./turn-schedule.ts"
import { zlibDeflater } from "./zlib-deflater.ts"

export interface NodeWebSocketOptions {
  /**
   * `"shared"`: what is read lies in one buffer for all sockets, and messages are copied out of it; quicker for small
   * ones. TLS, and a Node that does not allow it, are read as `"own"` does: into a new buffer each time. Default
   * `"shared"`.
   */
  readonly readBuffer?: "shared" | "own"
}

/** WebSockets by our own protocol code, on a server of Node, in clear or with TLS. */
export class NodeWebSocketAdapter implements WebSocketAdapter<NodeServer> {
  readonly name = "node"
  readonly supports: WebSocketSupport = {
    wire: true,
    rawHead: true,
    earlyFrames: true,
    pause: true,
    fragments: true,
    violations: true,
    closeHandshake: true,
    compression: true,
  }
  readonly #schedule = new TurnSchedule()
  readonly #settings = new WeakMap<SocketLimits, DecoderSettings>()
  readonly #sharesReads: boolean

  /** Throws `TONI_BAD_OPTION` for an option that it does not have, or a value that the option cannot have. */
  constructor(options: NodeWebSocketOptions = {}) {
    const { readBuffer = "shared" } = checkedOptions<NodeWebSocketOptions>("new NodeWebSocketAdapter()", options, {
      readBuffer: (value) => (value === "shared" || value === "own" ? undefined : 'takes "shared" or "own"'),
    })
    this.#sharesReads = readBuffer === "shared"
  }

  attach(server: NodeServer, door: UpgradeDoor): () => void {
    return listenForUpgrades(server, door, this.#open)
  }

  readonly #open: OpenSocket = ({ request, socket, head: early }, { protocol, headers, limits }, events) => {
    const { rawHeaders } = request
    const key = readHeader(rawHeaders, "sec-websocket-key") ?? ""
    const offers = limits.compression
      ? parseExtensions(readHeader(rawHeaders, "sec-websocket-extensions") ?? "")
      : undefined
    const agreement = offers && agreeOnDeflate(offers)
    const deflate =
      limits.compression && agreement && new Deflate(zlibDeflater, agreement, limits.compression.threshold)
    socket.setNoDelay(true)
    if (early.byteLength > 0) socket.unshift(early)
    const head = switchingProtocols(
      key,
      sha1,
      protocol,
      agreement ? [["Sec-WebSocket-Extensions", agreement.answer], ...headers] : headers,
    )
    const plain = this.#settingsFor(limits)
    const settings = deflate ? { ...plain, deflater: deflate.deflater, inflation: this.#schedule.inflation } : plain
    return new NodeSocket({
      socket,
      head,
      settings,
      deflate: deflate || undefined,
      events,
      schedule: this.#schedule,
      sharesReads: this.#sharesReads,
    })
  }

  #settingsFor(limits: SocketLimits): DecoderSettings {
    const known = this.#settings.get(limits)
    if (known) return known
    const { maxPayload, maxFragments } = limits
    const settings = { maxPayload, maxFragments, isUtf8, keep, allocate }
    this.#settings.set(limits, settings)
    return settings
  }
}

/** Who transfers one of the messages in it to a worker gets a copy, or an error, as Node has it; the others stay. */
function keep(memory: ArrayBufferLike): void {
  markAsUntransferable(memory)
}

/** Clearing a big array costs as much as filling it; a small one is made quicker than it is asked for. */
function allocate(byteLength: number): Uint8Array {
  return byteLength < 16_384 ? new Uint8Array(byteLength) : new Uint8Array(Buffer.allocUnsafeSlow(byteLength).buffer)
}

function sha1(text: string): string {
  return hash("sha1", text, "base64")
}
