import type { EventEmitter } from "node:events"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { ServerHttp2Session } from "node:http2"
import type { Socket } from "node:net"
import { Server as TlsServer, TLSSocket } from "node:tls"
import { Roster } from "../../roster.ts"
import { leftHttp } from "../node-upgrade/left-http.ts"
import type { NodeServer } from "../node-upgrade/node-server.ts"
import { markOwn } from "./own-listeners.ts"

/** How long after it was accepted a connection may take to ask for something, once the server closes; milliseconds. */
const patience = 500

/** A connection that speaks HTTP, or nothing yet. */
interface HttpConnection {
  readonly socket: Socket
  /** By `performance.now()`. */
  readonly since: number
  hasAsked: boolean
  inFlight: number
}

/** The HTTP connections of a server, as long as `attach` and `detach` say: what is in flight on each, and their end. */
export class HttpConnections {
  readonly #server: NodeServer
  readonly #connections = new Roster<Socket, HttpConnection>()
  /** Under TLS: connections that are not secured yet, by their peer. */
  readonly #carriers = new Roster<string, Socket>()
  readonly #sessions = new Set<ServerHttp2Session>()
  #isEnding = false

  constructor(server: NodeServer) {
    this.#server = server
  }

  attach(): void {
    const server = this.#server as EventEmitter
    // Before Node takes the socket over: it slows down whoever listens to it afterwards.
    server.prependListener("connection", this.#track)
    server.prependListener("secureConnection", this.#track)
    server.prependListener("request", this.#watch)
    server.on("session", this.#trackSession)
    server.on(leftHttp, this.#release)
  }

  detach(): void {
    const server = this.#server as EventEmitter
    server.off("connection", this.#track)
    server.off("secureConnection", this.#track)
    server.off("request", this.#watch)
    server.off("session", this.#trackSession)
    server.off(leftHttp, this.#release)
  }

  /** From now on each connection ends when it has nothing in flight; who has just come may still ask once. */
  end(): void {
    this.#isEnding = true
    for (const connection of this.#connections) this.#endIdle(connection)
    for (const session of this.#sessions) session.close()
  }

  cut(): void {
    for (const { socket } of this.#connections) socket.destroy()
    for (const session of this.#sessions) session.destroy()
  }

  readonly #track = (socket: Socket): void => {
    if (this.#connections.has(socket)) return
    if (this.#server instanceof TlsServer && !this.#isOfHttp(socket)) return
    const connection = { socket, since: performance.now(), hasAsked: false, inFlight: 0 }
    this.#connections.add(socket, connection)
    socket.on("close", this.#forget)
    if (this.#isEnding) this.#endIdle(connection)
  }

  /**
   * Under TLS two sockets belong to a connection: the one below is followed until the secured one is there, and ends
   * with that from then on. Over a Unix socket nothing tells which one is below.
   */
  #isOfHttp(socket: Socket): boolean {
    const peer = peerOf(socket)
    if (socket instanceof TLSSocket) {
      const carrier = this.#carriers.get(peer)
      if (carrier !== undefined) this.#release(carrier)
      this.#carriers.delete(peer)
      return socket.alpnProtocol !== "h2"
    }
    if (peer === "") return false
    this.#carriers.add(peer, socket)
    socket.once("close", () => {
      if (this.#carriers.get(peer) === socket) this.#carriers.delete(peer)
    })
    return true
  }

  /** One listener for the end of all of them: it is called on the socket that has closed. */
  readonly #forget = forgetIn(this.#connections)

  /** The WebSocket side ends what is its own before HTTP is closed. */
  readonly #release = (socket: Socket): void => {
    this.#connections.delete(socket)
    socket.off("close", this.#forget)
  }

  /** Many requests share a connection of HTTP/2, which Node ends itself, behind the last of them. */
  readonly #trackSession = (session: ServerHttp2Session): void => {
    this.#sessions.add(session)
    session.once("close", () => this.#sessions.delete(session))
    if (this.#isEnding) session.close()
  }

  readonly #watch = markOwn(({ socket }: IncomingMessage, response: ServerResponse): void => {
    const connection = this.#connections.get(socket)
    if (connection === undefined) return
    connection.hasAsked = true
    connection.inFlight++
    if (this.#isEnding) response.shouldKeepAlive = false
    response.once("close", () => {
      connection.inFlight--
      if (this.#isEnding) this.#endIdle(connection)
    })
  })

  /**
   * Ends a connection without a response in flight, behind what is still to be written; Node itself would wait for
   * those that never asked for anything, as browsers open them in advance.
   */
  #endIdle(connection: HttpConnection): void {
    const { socket, since, hasAsked, inFlight } = connection
    if (inFlight > 0) return
    const left = hasAsked ? 0 : since + patience - performance.now()
    if (left <= 0) return socket.destroySoon()
    const timer = setTimeout(() => this.#endIdle(connection), left)
    socket.once("close", () => clearTimeout(timer))
  }
}

function forgetIn(connections: Roster<Socket, HttpConnection>): (this: Socket) => void {
  return function () {
    connections.delete(this)
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return remotePort === undefined ? "" : `${remoteAddress}|${remotePort}`
}
