import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http"
import type { EventEmitter } from "node:events"
import type { Socket } from "node:net"
import { Server as TlsServer, TLSSocket } from "node:tls"
import { Roster } from "../../roster.ts"
import type { HttpAdapter, ListenAddress, PlainAnswer } from "../http-adapter.ts"
import { leftHttp } from "../node-upgrade/left-http.ts"
import type { NodeServer } from "../node-upgrade/node-server.ts"

/** How often Node looks for request heads that take too long, in milliseconds (rule G20c). */
const checkInterval = 500

/**
 * HTTP by Node's own server. Takes nothing, a request listener (Express, Fastify and Hono each have one), or a server
 * of `node:http` or `node:https`. A server that already listens is left open when the application closes.
 */
export class NodeHttpAdapter implements HttpAdapter<NodeServer> {
  readonly server: NodeServer
  readonly #isOurs: boolean
  readonly #hasHandler: boolean
  readonly #sockets = new Roster<Socket, Socket>()
  readonly #forget = forgetIn(this.#sockets)
  /** How many responses are in flight, by connection; those without any are missing. */
  readonly #busy = new Map<Socket, number>()
  #wasListening = false
  #isClosing = false

  constructor(handler?: RequestListener | NodeServer) {
    this.#isOurs = handler === undefined || typeof handler === "function"
    this.#hasHandler = handler !== undefined
    this.server = isServer(handler) ? handler : createServer({ connectionsCheckingInterval: checkInterval })
    if (typeof handler === "function") this.server.on("request", handler)
  }

  async listen(
    port: number,
    host: string | undefined,
    settings: { readonly headTimeout: number },
  ): Promise<ListenAddress> {
    const { server } = this
    this.#wasListening = server.listening
    if (this.#isOurs) server.headersTimeout = settings.headTimeout
    if (!server.listening) {
      // Before Node takes the socket over: it slows down whoever listens to it afterwards.
      server.prependListener("connection", this.#track)
      server.prependListener("secureConnection", this.#track)
      ;(server as EventEmitter).on(leftHttp, this.#release)
      server.prependListener("request", this.#watch)
      try {
        await bind(server, port, host)
      } catch (error) {
        this.#letGo()
        throw error
      }
    }
    return describeAddress(server)
  }

  answerPlainRequests(answer: (target: string) => PlainAnswer): void {
    if (this.#hasHandler) return
    this.server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const { status, headers, body } = answer(request.url ?? "")
      response.writeHead(status, headers).end(body)
    })
  }

  async close(cut: AbortSignal): Promise<void> {
    const { server } = this
    if (this.#wasListening) return
    this.#isClosing = true
    await new Promise<void>((resolve) => {
      const end = (): void => {
        for (const socket of this.#sockets) socket.destroy()
        // What is left belongs to others who share the server; Node would wait for them.
        resolve()
      }
      server.close(() => resolve())
      for (const socket of this.#sockets) this.#endIdle(socket)
      if (cut.aborted) end()
      else cut.addEventListener("abort", end, { once: true })
    })
    this.#letGo()
  }

  #letGo(): void {
    this.server.off("connection", this.#track)
    this.server.off("secureConnection", this.#track)
    this.server.off(leftHttp, this.#release)
    this.server.off("request", this.#watch)
  }

  readonly #track = (socket: Socket): void => {
    if (this.#sockets.has(socket)) return
    this.#sockets.add(socket, socket)
    socket.on("close", this.#forget)
  }

  /** The WebSocket side ends what is its own before HTTP is closed. */
  readonly #release = (socket: Socket): void => {
    this.#sockets.delete(socket)
    socket.off("close", this.#forget)
  }

  readonly #watch = ({ socket }: IncomingMessage, response: ServerResponse): void => {
    this.#busy.set(socket, (this.#busy.get(socket) ?? 0) + 1)
    if (this.#isClosing) response.shouldKeepAlive = false
    response.once("close", () => {
      const left = (this.#busy.get(socket) ?? 1) - 1
      if (left > 0) this.#busy.set(socket, left)
      else this.#busy.delete(socket)
      if (this.#isClosing) this.#endIdle(socket)
    })
  }

  /**
   * Ends a connection without a response in flight, behind what is still to be written; Node itself would wait for
   * those that never asked for anything, as browsers open them in advance. Under TLS that is the business of the
   * secured socket, not of the one that carries it.
   */
  readonly #endIdle = (socket: Socket): void => {
    const isCarrier = this.server instanceof TlsServer && !(socket instanceof TLSSocket)
    if (!isCarrier && !this.#busy.has(socket)) socket.destroySoon()
  }
}

/** One listener for the end of all of them: it is called on the socket that has closed. */
function forgetIn(sockets: Roster<Socket, Socket>): (this: Socket) => void {
  return function () {
    sockets.delete(this)
  }
}

function isServer(handler: RequestListener | NodeServer | undefined): handler is NodeServer {
  return typeof handler === "object" && typeof handler.listen === "function"
}

function bind(server: NodeServer, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      server.off("listening", listening)
      reject(error)
    }
    const listening = (): void => {
      server.off("error", failed)
      resolve()
    }
    server.once("error", failed)
    server.once("listening", listening)
    server.listen(port, host)
  })
}

function describeAddress(server: NodeServer): ListenAddress {
  const scheme = server instanceof TlsServer ? "https" : "http"
  const address = server.address()
  if (typeof address === "string" || address === null)
    return { host: address ?? "", port: 0, url: `${scheme}://unix:${address}` }
  const { address: host, port, family } = address
  // A wildcard address cannot be opened; every machine can open itself by name.
  const isWildcard = host === "::" || host === "0.0.0.0"
  const authority = isWildcard ? "localhost" : family === "IPv6" ? `[${host}]` : host
  return { host, port, url: `${scheme}://${authority}:${port}` }
}
