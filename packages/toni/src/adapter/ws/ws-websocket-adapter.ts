import type { IncomingMessage } from "node:http"
import { WebSocketServer } from "ws"
import { NeutralContext } from "../node-upgrade/neutral-context.ts"
import type { NodeServer } from "../node-upgrade/node-server.ts"
import type { OpenSocket } from "../node-upgrade/pending-upgrade.ts"
import { listenForUpgrades } from "../node-upgrade/upgrade-listener.ts"
import type {
  AcceptTerms,
  SocketLimits,
  UpgradeDoor,
  WebSocketAdapter,
  WebSocketSupport,
} from "../websocket-adapter.ts"
import { WsSocket } from "./ws-socket.ts"

/** The library keeps its numbers in 32 bits, and takes 0 for no limit. */
const most = 2 ** 31 - 1
/** The core has deadlines of its own; those of the library must not come first. */
const never = most

/** WebSockets by the `ws` library, 8.23 or newer, on a server of Node. */
export class WsWebSocketAdapter implements WebSocketAdapter<NodeServer> {
  readonly name = "ws"
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
  /** The library takes limits per server, so there is one, without a port, for each set of limits. */
  readonly #servers = new WeakMap<SocketLimits, WebSocketServer>()
  /** The library inflates the messages of all clients in one queue, whose context is that of any of them. */
  readonly #context = new NeutralContext()
  readonly #terms = new WeakMap<IncomingMessage, AcceptTerms>()

  attach(server: NodeServer, door: UpgradeDoor): () => void {
    return listenForUpgrades(server, door, this.#open)
  }

  readonly #open: OpenSocket = ({ request, socket, head }, terms, events) => {
    let opened: WsSocket | undefined
    this.#terms.set(request, terms)
    // The library takes no list of protocols; the door has seen that WebSocket is in it.
    request.headers.upgrade = "websocket"
    this.#serverFor(terms.limits).handleUpgrade(request, socket, head, (webSocket) => {
      opened = new WsSocket(webSocket, socket, this.#context.events(events))
    })
    return opened
  }

  #serverFor(limits: SocketLimits): WebSocketServer {
    const known = this.#servers.get(limits)
    if (known) return known
    const { maxPayload, maxFragments, compression = false } = limits
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: compression && {
        threshold: compression.threshold,
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
      },
      autoPong: false,
      closeTimeout: never,
      maxPayload: maxPayload === Infinity ? 0 : Math.min(maxPayload, most),
      maxFragments: maxFragments === Infinity ? 0 : Math.min(maxFragments, most),
      handleProtocols: (_offered: Set<string>, request: IncomingMessage) => this.#terms.get(request)?.protocol ?? false,
    } as ConstructorParameters<typeof WebSocketServer>[0])
    server.on("headers", (lines, request) => {
      for (const [name, value] of this.#terms.get(request)?.headers ?? []) lines.push(`${name}: ${value}`)
    })
    this.#servers.set(limits, server)
    return server
  }
}
