import type { IncomingMessage } from "node:http"
import { WebSocketServer } from "ws"
import { parseExtensions } from "../../protocol/extensions.ts"
import { agreeOnDeflate, wireLimit } from "../../protocol/permessage-deflate.ts"
import { NeutralContext } from "../node-upgrade/neutral-context.ts"
import type { NodeServer } from "../node-upgrade/node-server.ts"
import type { OpenSocket } from "../node-upgrade/pending-upgrade.ts"
import { readHeader } from "../node-upgrade/raw-headers.ts"
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
const largest = 2 ** 31 - 1
/** The core has deadlines of its own; those of the library must not come first. */
const never = largest

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
  /**
   * The library takes limits per server, so there is one, without a port, for each set of limits, and another for those
   * of its connections that compress.
   */
  readonly #plain = new WeakMap<SocketLimits, WebSocketServer>()
  readonly #compressing = new WeakMap<SocketLimits, WebSocketServer>()
  /** The library inflates the messages of all clients in one queue, whose context is that of any of them. */
  readonly #context = new NeutralContext()
  readonly #terms = new WeakMap<IncomingMessage, AcceptTerms>()

  attach(server: NodeServer, door: UpgradeDoor): () => void {
    return listenForUpgrades(server, door, this.#open)
  }

  readonly #open: OpenSocket = ({ request, socket, head }, terms, events) => {
    const { limits } = terms
    let opened: WsSocket | undefined
    const agreed = asAgreed(request, limits)
    this.#terms.set(agreed, terms)
    this.#serverFor(limits, extensions in agreed.headers).handleUpgrade(agreed, socket, head, (webSocket) => {
      opened = new WsSocket(webSocket, socket, this.#context.events(events), limits.maxPayload)
    })
    return opened
  }

  #serverFor(limits: SocketLimits, compresses: boolean): WebSocketServer {
    const servers = compresses ? this.#compressing : this.#plain
    const known = servers.get(limits)
    if (known) return known
    const { maxPayload, maxFragments } = limits
    const compression = compresses && limits.compression
    // Where it compresses, the library counts what is on the wire as well; `WsSocket` counts what comes out.
    const most = Math.ceil(compresses ? wireLimit(maxPayload) : maxPayload)
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
      maxPayload: limitOf(most),
      maxFragments: limitOf(maxFragments),
      handleProtocols: (_offered: Set<string>, request: IncomingMessage) => this.#terms.get(request)?.protocol ?? false,
    } as ConstructorParameters<typeof WebSocketServer>[0])
    server.on("headers", (lines, request) => {
      for (const [name, value] of this.#terms.get(request)?.headers ?? []) lines.push(`${name}: ${value}`)
    })
    servers.set(limits, server)
    return server
  }
}

const extensions = "sec-websocket-extensions"

function limitOf(limit: number): number {
  return limit === Infinity ? 0 : Math.min(limit, largest)
}

/**
 * The request as the library is to read it. The door has judged the upgrade already, and what the library does not read
 * it answers with 400: of a list of protocols it is told `websocket`, and of all extensions what we agree on, spelled as
 * the answer will be (RFC 7692 section 5.1 wants an offer that cannot be met declined, and the connection served).
 */
function asAgreed(request: IncomingMessage, { compression }: SocketLimits): IncomingMessage {
  const { [extensions]: _offered, ...others } = request.headers
  const offers = compression && parseExtensions(readHeader(request.rawHeaders, extensions) ?? "")
  const agreement = offers ? agreeOnDeflate(offers) : undefined
  const headers = {
    ...others,
    upgrade: "websocket",
    ...(agreement && { [extensions]: agreement.answer }),
  }
  return Object.create(request, { headers: { value: headers } }) as IncomingMessage
}
