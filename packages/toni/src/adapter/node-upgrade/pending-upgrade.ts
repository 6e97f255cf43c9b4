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

/** What an adapter does with an accepted upgrade: answer 101 and speak WebSocket from then on. */
export type OpenSocket = (upgrade: NodeUpgrade, terms: AcceptTerms, events: SocketEvents) => AdapterSocket | undefined

/** An upgrade as Node hands it over; `head` is what came behind the request. */
export interface NodeUpgrade {
  readonly request: IncomingMessage
  readonly socket: Socket
  readonly head: Buffer
}

/** How much a peer may send before its handshake is answered. More is left in the kernel. */
const longestHead = 65_536
/** How long a peer may take to read a refusal, in milliseconds. */
const lingerTime = 2_000

/** One upgrade of a Node server that waits for its answer; reads meanwhile, to notice when the peer vanishes (rule G9a). */
export class PendingNodeUpgrade implements PendingUpgrade {
  readonly request: UpgradeRequest
  onAbandoned: (() => void) | undefined
  readonly #upgrade: NodeUpgrade
  readonly #open: OpenSocket
  #early: Buffer[] = []
  #earlyBytes = 0
  #isAnswered = false
  #isWaiting = false

  constructor(upgrade: NodeUpgrade, open: OpenSocket) {
    const { request, socket } = upgrade
    this.#upgrade = upgrade
    this.#open = open
    this.request = {
      method: request.method ?? "",
      target: request.url ?? "",
      httpVersion: request.httpVersion,
      rawHeaders: request.rawHeaders,
      remoteAddress: socket.remoteAddress ?? "",
    }
  }

  /** To be called in the turn in which the upgrade came: when it is not answered by then, its peer is watched. */
  wait(): void {
    if (this.#isAnswered) return
    this.#isWaiting = true
    const { socket } = this.#upgrade
    socket.on("error", this.#abandon).on("close", this.#abandon).on("end", this.#abandon).on("data", this.#keep)
  }

  accept(terms: AcceptTerms, events: SocketEvents): AdapterSocket | undefined {
    const { request, socket, head } = this.#upgrade
    if (this.#isAnswered) return undefined
    this.#answered()
    if (socket.destroyed || !socket.readable || !socket.writable) {
      socket.on("error", () => undefined)
      socket.destroy()
      return undefined
    }
    socket.setTimeout(0)
    if (socket.isPaused()) socket.resume()
    const early = this.#earlyBytes > 0 ? Buffer.concat([head, ...this.#early]) : head
    this.#early = []
    return this.#open({ request, socket, head: early }, terms, events)
  }

  refuse({ status, headers, body }: Refusal): void {
    const { socket } = this.#upgrade
    if (this.#isAnswered) return
    this.#answered()
    this.#early = []
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
    socket.on("error", () => undefined)
    socket.once("close", () => clearTimeout(cut))
    // What was pipelined behind the request is read and thrown away, never answered (rule G5b).
    socket.resume()
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}\r\n${fields.join("")}\r\n`, "latin1")
    socket.end(bytes)
  }

  readonly #keep = (chunk: Buffer): void => {
    this.#early.push(chunk)
    this.#earlyBytes += chunk.byteLength
    if (this.#earlyBytes >= longestHead) this.#upgrade.socket.pause()
  }

  readonly #abandon = (): void => {
    if (this.#isAnswered) return
    this.#answered()
    this.#early = []
    this.#upgrade.socket.on("error", () => undefined)
    this.#upgrade.socket.destroy()
    this.onAbandoned?.()
  }

  #answered(): void {
    this.#isAnswered = true
    if (!this.#isWaiting) return
    const { socket } = this.#upgrade
    socket.off("data", this.#keep).off("end", this.#abandon).off("error", this.#abandon).off("close", this.#abandon)
  }
}
