import type { EventEmitter } from "node:events"
import type { IncomingMessage } from "node:http"
import type { Socket } from "node:net"
import type { UpgradeDoor } from "../websocket-adapter.ts"
import { leftHttp } from "./left-http.ts"
import type { NodeServer } from "./node-server.ts"
import { PendingNodeUpgrade, type NodeUpgrade, type OpenSocket } from "./pending-upgrade.ts"
import { serveAsPlainRequest } from "./plain-request.ts"
import { readHeader } from "./raw-headers.ts"
import { guard, Traces, whenAnswered } from "./released-socket.ts"

/** How long others may take to do something with an upgrade that is not ours, in milliseconds. */
const patience = 1_000

/** How many headers Node reads of a request, where `maxHeadersCount` does not say. */
const usualHeaders = 1_000

/** From this version on Node reads the body of a request before it hands an upgrade over. */
const firstToReadBodies = 25

/** An application that serves a server. */
interface Application {
  readonly door: UpgradeDoor
  readonly open: OpenSocket
}

const listeners = new WeakMap<NodeServer, UpgradeListener>()

/** Hands the WebSocket upgrades of a server to `door`, and leaves to others what is theirs (rule G5c). */
export function listenForUpgrades(server: NodeServer, door: UpgradeDoor, open: OpenSocket): () => void {
  const listener = listeners.get(server) ?? new UpgradeListener(server)
  listeners.set(server, listener)
  return listener.serve({ door, open })
}

/** The one `upgrade` listener of a server, for all applications that serve it, first come first. */
class UpgradeListener {
  readonly #server: NodeServer
  #applications: readonly Application[] = []

  constructor(server: NodeServer) {
    this.#server = server
  }

  serve(application: Application): () => void {
    // Before everybody else's: a listener for one event alone is gone once it was called, and would not be counted.
    if (this.#applications.length === 0) this.#server.prependListener("upgrade", this.#onUpgrade)
    this.#applications = [...this.#applications, application]
    return () => {
      this.#applications = this.#applications.filter((each) => each !== application)
      if (this.#applications.length === 0) this.#server.off("upgrade", this.#onUpgrade)
    }
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    guard(socket)
    const upgrade = { request, socket, head }
    this.#orEnd(socket, () => {
      const isShared = this.#server.listenerCount("upgrade") > 1
      const owner = isWebSocket(request) ? this.#ownerOf(request.url as string, isShared) : undefined
      if (owner === undefined && isShared) this.#leaveToOthers(upgrade)
      else whenAnswered(socket, () => this.#answer(upgrade, owner))
    })
  }

  /** Nobody needs to be asked where there is one application and nobody else. */
  #ownerOf(target: string, isShared: boolean): Application | undefined {
    const { length, 0: first } = this.#applications
    if (length === 1 && !isShared) return first
    return this.#applications.find(({ door }) => door.owns(target))
  }

  /** What nobody has taken after a moment is answered like any other: somebody who listens need not want it. */
  #leaveToOthers(upgrade: NodeUpgrade): void {
    const { socket } = upgrade
    const traces = new Traces(socket)
    whenAnswered(socket, () => {
      traces.writtenByHttp()
      const judge = (): void => {
        if (!traces.areThere) this.#answer(upgrade, undefined)
      }
      setTimeout(judge, patience).unref()
    })
  }

  /** What is nobody's is answered by the application that came first. */
  #answer(upgrade: NodeUpgrade, owner: Application | undefined): void {
    const { request, socket } = upgrade
    this.#orEnd(socket, () => {
      // Somebody has ended it; it may still be sending what was written before.
      if (!socket.writable) return socket.destroySoon()
      if (isCut(this.#server, request)) return this.#refuse(upgrade, 431, "The request has too many headers.")
      if (!isWebSocket(request)) return this.#serveAsPlain(upgrade)
      const application = owner && this.#applications.includes(owner) ? owner : this.#applications[0]
      if (application === undefined) return void socket.destroy()
      this.#ask(application, upgrade)
    })
  }

  /** A request whose body Node has begun to read cannot be put back. */
  #serveAsPlain(upgrade: NodeUpgrade): void {
    const readsBodies = Number.parseInt(process.versions.node, 10) >= firstToReadBodies
    if (!readsBodies || !hasBody(upgrade.request)) return serveAsPlainRequest(this.#server, upgrade)
    this.#refuse(upgrade, 400, "An upgrade to this protocol has no body here.")
  }

  /** Without asking an application, which would not know what is wrong. */
  #refuse(upgrade: NodeUpgrade, status: number, body: string): void {
    const never = (): undefined => undefined
    new PendingNodeUpgrade(upgrade, never, never).refuse({ status, headers: [], body })
  }

  #ask({ door, open }: Application, upgrade: NodeUpgrade): void {
    const openOutsideHttp: OpenSocket = (...given) => {
      ;(this.#server as EventEmitter).emit(leftHttp, upgrade.socket)
      return open(...given)
    }
    const pending = new PendingNodeUpgrade(upgrade, openOutsideHttp, (error) => door.failed(error))
    try {
      door.upgrade(pending)
      pending.wait()
    } catch (error) {
      door.failed(error)
      pending.refuse({ status: 500, headers: [], body: "" })
    }
  }

  /** Nothing that goes wrong for one socket may reach the event loop: it would end the process. */
  #orEnd(socket: Socket, work: () => void): void {
    try {
      work()
    } catch (error) {
      socket.destroy()
      this.#applications[0]?.door.failed(error)
    }
  }
}

function isWebSocket({ rawHeaders }: IncomingMessage): boolean {
  const protocols = readHeader(rawHeaders, "upgrade") ?? ""
  if (protocols === "websocket") return true
  return protocols.split(",").some((protocol) => protocol.trim().toLowerCase() === "websocket")
}

function hasBody({ rawHeaders }: IncomingMessage): boolean {
  const length = readHeader(rawHeaders, "content-length")
  return (length !== undefined && length !== "0") || readHeader(rawHeaders, "transfer-encoding") !== undefined
}

/**
 * Whether Node may have left headers out, which it does without a word where there are too many: what we do not see,
 * such as a length, a proxy in front of us has seen (RFC 9112 section 11.2).
 */
function isCut(server: NodeServer, { rawHeaders }: IncomingMessage): boolean {
  const { maxHeadersCount } = server as { readonly maxHeadersCount?: number | null }
  const most = typeof maxHeadersCount === "number" ? maxHeadersCount : usualHeaders
  return most > 0 && rawHeaders.length >= 2 * most
}
