import type { EventEmitter } from "node:events"
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http"
import { ToniError } from "../../errors.ts"
import { callUserCode } from "../../user-code.ts"
import type { HttpAdapter, ListenAddress, ListenSettings, ListenTarget } from "../http-adapter.ts"
import type { NodeServer } from "../node-upgrade/node-server.ts"
import { bind, describeAddress, stopAccepting, stopHousekeeping } from "./binding.ts"
import { watchFiles } from "./file-watch.ts"
import { HttpConnections } from "./http-connections.ts"
import { isNodeServer, requestListener } from "./http-listener.ts"
import { hasForeignListener, markOwn } from "./own-listeners.ts"

/** How often Node looks for request heads that take too long, in milliseconds (rule G20c). */
const checkInterval = 500

/** What belongs to one `listen`, until its end. */
interface Service {
  /** The server listened before: it stays open, and its connections are not ours. */
  readonly isShared: boolean
  readonly connections: HttpConnections
  /** Resolves when the server has closed and its last connection has ended. */
  closed: Promise<void> | undefined
  /** Each takes something off that was put on the server. */
  readonly undo: (() => unknown)[]
}

/**
 * HTTP by Node's own server. Takes nothing, a request listener (Express, Fastify and Hono each have one), or a server
 * of `node:http`, `node:https` or `node:http2` (with `allowHTTP1`); anything else throws `TONI_BAD_ARGUMENT`. A server
 * that already listens is left open when the application closes. One application at a time.
 */
export class NodeHttpAdapter implements HttpAdapter<NodeServer> {
  readonly server: NodeServer
  readonly #isOurs: boolean
  #handler: RequestListener | undefined
  #service: Service | undefined

  constructor(handler?: RequestListener | NodeServer) {
    this.#isOurs = !isNodeServer(handler)
    if (isNodeServer(handler)) this.server = handler
    else {
      this.server = createServer({ connectionsCheckingInterval: checkInterval })
      if (handler !== undefined) this.#handler = requestListener(handler)
    }
  }

  /**
   * Has HTTP requests answered by `listener`, in place of an earlier one: for routes that need the application. Comes
   * before `listen`, or throws `TONI_LIFECYCLE`. A server that answers requests itself takes none: `TONI_BAD_ARGUMENT`.
   */
  handle(listener: RequestListener): this {
    if (this.#service) throw new ToniError("TONI_LIFECYCLE", "handle() comes before listen().")
    if (!this.#isOurs && hasForeignListener(this.server)) {
      throw new ToniError("TONI_BAD_ARGUMENT", "The server that was handed over answers requests itself.", {
        fix: "Leave handle() away, or hand over a server without a request listener.",
      })
    }
    this.#handler = requestListener(listener)
    return this
  }

  async listen(target: ListenTarget, settings: ListenSettings): Promise<ListenAddress> {
    const { server } = this
    if (this.#service) {
      throw new ToniError("TONI_LIFECYCLE", "This HTTP adapter serves another application.", {
        fix: "Make a NodeHttpAdapter for each application, or close the other one first.",
      })
    }
    const service = (this.#service = this.#prepare(settings))
    try {
      if (!service.isShared) await bind(server, target)
    } catch (error) {
      this.#end(service)
      throw error
    }
    if (!service.isShared) this.#watch(service, settings)
    return describeAddress(server)
  }

  stopListening(): void {
    const service = this.#service
    if (service === undefined || service.isShared || service.closed) return
    service.closed = new Promise<void>((resolve) => void (this.server as EventEmitter).once("close", resolve))
    stopAccepting(this.server)
  }

  async close(cut: AbortSignal): Promise<void> {
    const service = this.#service
    if (service === undefined) return
    this.stopListening()
    if (service.closed) {
      stopHousekeeping(this.server)
      service.connections.end()
      await settledOrCut(service.closed, cut, () => service.connections.cut())
    }
    this.#end(service)
  }

  /** Puts on the server what must be there before the first connection. */
  #prepare(settings: ListenSettings): Service {
    const { server } = this
    const isShared = server.listening
    const connections = new HttpConnections(server)
    const answer = this.#listener(settings)
    server.on("request", answer)
    if (!isShared) connections.attach()
    if (this.#isOurs) (server as Server).headersTimeout = settings.headTimeout
    const undo = [() => server.off("request", answer), () => connections.detach()]
    return { isShared, connections, closed: undefined, undo }
  }

  /** Hears what goes wrong with a server that is ours to keep open. */
  #watch({ undo }: Service, settings: ListenSettings): void {
    const { server } = this
    const failed = (error: unknown): void => settings.failed(error)
    server.on("error", failed)
    undo.push(
      () => server.off("error", failed),
      watchFiles((limit) => settings.outOfFiles(limit)),
    )
  }

  #end(service: Service): void {
    for (const undo of service.undo) undo()
    if (this.#service === service) this.#service = undefined
  }

  /** Answers requests by the user's listener, or where there is none by the core (rule G5d). */
  #listener(settings: ListenSettings): RequestListener {
    const handler = this.#handler
    const { server } = this
    return markOwn((request: IncomingMessage, response: ServerResponse): void => {
      const failed = (error: unknown): void => {
        settings.failed(error)
        answerFailure(response)
      }
      if (handler) callUserCode(() => handler.call(server as never, request, response), failed)
      else if (!hasForeignListener(server)) callUserCode(() => answerPlain(request, response, settings), failed)
    })
  }
}

function answerPlain(request: IncomingMessage, response: ServerResponse, settings: ListenSettings): void {
  // Two applications that share a server are both asked.
  if (response.headersSent) return
  const { status, headers, body } = settings.answerPlain(request.url ?? "")
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) {
    // HTTP/2 has no such header (RFC 9113 section 8.2.2).
    if (request.httpVersionMajor < 2 || name.toLowerCase() !== "upgrade") response.setHeader(name, value)
  }
  response.end(body)
}

/**
 * After a handler that failed: nothing of its error is sent (rule G16b), nor the headers of the answer that it wanted to
 * give, such as a length that this one does not have. An answer that it had ended is sent as it is.
 */
function answerFailure(response: ServerResponse): void {
  if (response.writableEnded) return
  if (response.headersSent) return void response.destroy()
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  response.statusCode = 500
  response.setHeader("Content-Length", 0)
  response.end()
}

/**
 * Waits until the server has closed, or is cut. What is left then belongs to others who share the server; Node would wait
 * for them.
 */
function settledOrCut(closed: Promise<void>, signal: AbortSignal, cut: () => void): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cut()
      resolve()
    }
    void closed.then(() => {
      signal.removeEventListener("abort", end)
      resolve()
    })
    if (signal.aborted) end()
    else signal.addEventListener("abort", end, { once: true })
  })
}
