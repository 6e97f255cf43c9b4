import { STATUS_CODES, type IncomingMessage } from "node:http"
import type { Socket } from "node:net"
import type {
  AcceptTerms,
  AdapterSocket,
  PendingUpgrade,
  Refusal,
  SocketEvents,
  UpgradeRequest,
} from "../websocket-adapter.ts"
import { upgradeRequest } from "./node-request.ts"
import { guard, unguard } from "./released-socket.ts"
import { WaitingPeer } from "./waiting-peer.ts"

/** What an adapter does with an accepted upgrade: answer 101 and speak WebSocket from then on. */
export type OpenSocket = (upgrade: NodeUpgrade, terms: AcceptTerms, events: SocketEvents) => AdapterSocket | undefined

/** An upgrade as Node hands it over; `head` is what came behind the request. */
export interface NodeUpgrade {
  readonly request: IncomingMessage
  readonly socket: Socket
  readonly head: Buffer
}

/** How long a peer may take to read a refusal, in milliseconds. */
const lingerTime = 2_000

/** One upgrade of a Node server that waits for its answer; reads meanwhile, to notice when the peer vanishes (rule G9a). */
export class PendingNodeUpgrade implements PendingUpgrade {
  readonly request: UpgradeRequest
  onAbandoned: (() => void) | undefined
  readonly #upgrade: NodeUpgrade
  readonly #open: OpenSocket
  readonly #failed: (error: unknown) => void
  /** Present once the answer did not come at once. */
  #peer: WaitingPeer | undefined
  #isAnswered = false

  /** `failed` hears what goes wrong in code that should not throw. */
  constructor(upgrade: NodeUpgrade, open: OpenSocket, failed: (error: unknown) => void) {
    const { request, socket } = upgrade
    guard(socket)
    this.#failed = failed
    this.#upgrade = upgrade
    this.#open = open
    this.request = upgradeRequest(request, socket.remoteAddress ?? "")
  }

  /** To be called in the turn in which the upgrade came: when it is not answered by then, its peer is watched. */
  wait(): void {
    if (!this.#isAnswered) this.#peer = new WaitingPeer(this.#upgrade.socket, () => this.#abandon())
  }

  accept(terms: AcceptTerms, events: SocketEvents): AdapterSocket | undefined {
    const { request, socket } = this.#upgrade
    if (this.#isAnswered) return undefined
    const head = this.#answered()
    if (!socket.readable || !socket.writable) {
      socket.destroy()
      return undefined
    }
    try {
      if (socket.timeout) socket.setTimeout(0)
      if (socket.isPaused()) socket.resume()
      const opened = this.#open({ request, socket, head }, terms, events)
      unguard(socket)
      return opened
    } catch (error) {
      socket.destroy()
      this.#failed(error)
      return undefined
    }
  }

  refuse({ status, headers, body }: Refusal): void {
    const { socket } = this.#upgrade
    if (this.#isAnswered) return
    this.#answered()
    const bytes = Buffer.from(body)
    const fields = [
      ["Connection", "close"],
      ...(headers.some(([name]) => /^content-type$/i.test(name))
        ? []
        : [["Content-Type", "text/plain; charset=utf-8"]]),
      ["Content-Length", String(bytes.byteLength)],
      ...headers,
    ].map(([name, value]) => `${name}: ${value}\r\n`)
    // A deadline, not an idle timeout: a peer that goes on sending must not hold the socket.
    const cut = setTimeout(() => socket.destroy(), lingerTime).unref()
    socket.once("close", () => clearTimeout(cut))
    // What was pipelined behind the request is read and thrown away, never answered (rule G5b).
    socket.resume()
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}\r\n${fields.join("")}\r\n`, "latin1")
    socket.end(bytes)
  }

  #abandon(): void {
    this.#answered()
    this.#upgrade.socket.destroy()
    try {
      this.onAbandoned?.()
    } catch (error) {
      this.#failed(error)
    }
  }

  /** Whatever comes from now on is too late; answers what the peer has sent so far. */
  #answered(): Buffer {
    this.#isAnswered = true
    return this.#peer?.release(this.#upgrade.head) ?? this.#upgrade.head
  }
}
