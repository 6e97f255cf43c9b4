import type { HttpAdapter, ListenAddress, ListenSettings, ListenTarget, PlainAnswer } from "../adapter/http-adapter.ts"
import type { WebSocketAdapter } from "../adapter/websocket-adapter.ts"
import type { Clock } from "../clock.ts"
import type { Counters } from "../connection/counters.ts"
import { Sweep } from "../connection/sweep.ts"
import { ToniError } from "../errors.ts"
import type { GatewayEntry } from "../gateway/discovery.ts"
import { Door, type DoorHost } from "../gateway/door.ts"
import { HomeContext } from "../home-context.ts"
import type { LocalHub } from "../hub/local-hub.ts"
import type { DestroyFailure } from "../module/lifecycle.ts"
import { ClosedClients } from "./closed-clients.ts"
import type { ClosePlan } from "./close-options.ts"
import { showValue } from "../show-value.ts"
import { callUserCode } from "../user-code.ts"
import { drain } from "./drain.ts"
import type { ErrorListener } from "./error-reports.ts"
import { fileShortage } from "./file-shortage.ts"
import { largestLimits } from "./largest-limits.ts"
import { listenError } from "./listen-target.ts"
import { LiveConnections } from "./live-connections.ts"
import type { Logger } from "./logger.ts"

/** What serving takes of an application. */
export interface ServingParts<Server> {
  readonly httpAdapter: HttpAdapter<Server>
  readonly local: LocalHub
  readonly logger: Logger
  readonly report: ErrorListener
  readonly counters: Counters
  readonly clock: Clock
  readonly nextId: () => string
}

/** What became of clients and server. */
export interface ServingEnd {
  /** Clients that were connected when it began. */
  readonly clients: number
  /** Hooks that did not settle in time. */
  readonly abandoned: number
  /** Messages that were dropped before a handler had them. */
  readonly dropped: number
  /** What an adapter threw. */
  readonly failures: readonly DestroyFailure[]
}

/** The server and its clients, from the moment that the port is asked for to the end of the last of them. */
export class Serving<Server> {
  readonly live: LiveConnections = new LiveConnections()
  readonly #home: HomeContext = new HomeContext()
  readonly #parts: ServingParts<Server>
  readonly #adapter: WebSocketAdapter<Server> | undefined
  readonly #door: Door
  readonly #closed: ClosedClients
  #binding: Promise<ListenAddress> | undefined
  #isListening = false
  #detach: (() => void) | undefined
  #abandoned = 0

  constructor(parts: ServingParts<Server>, adapter: WebSocketAdapter<Server> | undefined) {
    this.#parts = parts
    this.#adapter = adapter
    const { clock, logger } = parts
    this.#closed = new ClosedClients(clock, (level, fields, message) => logger[level](fields, message))
    this.#door = new Door(this.#host())
  }

  /** Serves the gateways on a port or socket; the head of a request may take `headTimeout` milliseconds. */
  async start(gateways: readonly GatewayEntry[], target: ListenTarget, headTimeout: number): Promise<ListenAddress> {
    const { httpAdapter } = this.#parts
    this.#door.serve(gateways)
    this.#detach = this.#attach(gateways)
    this.#binding = httpAdapter.listen(target, this.#listenSettings(headTimeout))
    const address = await this.#binding.catch((cause: unknown) => {
      throw listenError(cause, target)
    })
    this.#isListening = true
    return address
  }

  /** Stops listening, takes every client down, then the server (rule G21a). Never rejects. */
  async end({ code, window, timeout }: ClosePlan): Promise<ServingEnd> {
    const { clock, counters, httpAdapter } = this.#parts
    const failures: DestroyFailure[] = []
    const failed = (name: string, error: unknown): void => void failures.push({ module: "toni", name, error })
    const attempt = async (name: string, step: () => unknown): Promise<void> => {
      try {
        await step()
      } catch (error) {
        failed(name, error)
      }
    }
    this.#door.startDraining()
    // Without waiting for it: clients are not read any more from now on.
    if (this.#isListening)
      callUserCode(
        () => httpAdapter.stopListening(),
        (error) => failed(httpAdapterName, error),
      )
    const clients = this.live.size
    const droppedBefore = counters.dropped
    const cut = new AbortController()
    const deadline = clock.after(window + timeout, () => cut.abort())
    await drain(this.live, { clock, code, home: this.#home, window, timeout })
    this.#door.end()
    this.#closed.end()
    const isBound = await this.#binding?.then(
      () => true,
      () => false,
    )
    if (isBound) await attempt(httpAdapterName, () => httpAdapter.close(cut.signal))
    deadline.cancel()
    await attempt(`the WebSocket adapter ${this.#adapter?.name}`, () => this.#detach?.())
    // Once more, for whoever has come meanwhile on a connection that was being served.
    this.#door.end()
    return { clients, abandoned: this.#abandoned, dropped: counters.dropped - droppedBefore, failures }
  }

  #attach(gateways: readonly GatewayEntry[]): (() => void) | undefined {
    const limits = largestLimits(gateways.map(({ options }) => options))
    try {
      return this.#adapter?.attach(this.#parts.httpAdapter.server, this.#door, { limits })
    } catch (cause) {
      if (cause instanceof ToniError) throw cause
      const detail = `The WebSocket adapter ${this.#adapter?.name} does not fit the server of the HTTP adapter.`
      const fix = "Use two adapters of one kind, such as NodeHttpAdapter and NodeWebSocketAdapter."
      throw new ToniError("TONI_BAD_ARGUMENT", detail, { cause, fix })
    }
  }

  #listenSettings(headTimeout: number): ListenSettings {
    const { clock, counters, logger, report } = this.#parts
    return {
      headTimeout,
      answerPlain: (path) => answerPlain(this.#door.owns(path)),
      outOfFiles: fileShortage(clock, counters, logger),
      failed: (error) => report(error, { phase: "request", gateway: "http" }),
    }
  }

  #host(): DoorHost {
    const { clock, counters, local, logger, nextId, report } = this.#parts
    const sweep = new Sweep(clock, this.live)
    /** The names of gateways that have been told that nobody sends what they return. */
    const ignoring = new Set<string>()
    return {
      clock,
      awake: () => sweep.now(),
      stalled: () => sweep.stalled,
      counters,
      nextId,
      topics: local,
      canPause: this.#adapter?.supports.pause ?? true,
      report: (error, phase, { id, gateway }) => report(error, { phase, gateway, clientId: id }),
      abandoned: (hooks) => void (this.#abandoned += hooks),
      ignored: (answer, { gateway }) => {
        if (ignoring.has(gateway)) return
        ignoring.add(gateway)
        const fields = { gateway, answer: showValue(answer) }
        logger.warn(fields, "onMessage returned a value; nothing sends it: use client.send()")
      },
      handshakeFailed: (error, gateway) => report(error, { phase: "handshake", gateway }),
      refused: (status) => {
        counters.refusals[status] = (counters.refusals[status] ?? 0) + 1
      },
      log: (level, fields, message) => logger[level](fields, message),
      opened: (connection) => {
        this.live.add(connection)
        sweep.start()
        local.opened(connection)
      },
      gone: (connection, cause) => {
        local.gone(connection)
        this.#closed.note(connection, cause)
      },
      released: (connection) => {
        this.live.delete(connection)
        if (this.live.size === 0) sweep.stop()
      },
    }
  }
}

const httpAdapterName = "the HTTP adapter"

/** What a plain request gets where the user has no handler of their own (rule G5d). */
function answerPlain(isGateway: boolean): PlainAnswer {
  const type = { "Content-Type": "text/plain; charset=utf-8" }
  if (!isGateway) return { status: 404, headers: type, body: "Not found\n" }
  return { status: 426, headers: { ...type, Upgrade: "websocket" }, body: "This path speaks WebSocket.\n" }
}
