import type { HttpAdapter, ListenAddress, ListenSettings, ListenTarget, PlainAnswer } from "../adapter/http-adapter.ts"
import type { WebSocketAdapter } from "../adapter/websocket-adapter.ts"
import type { Clock } from "../clock.ts"
import type { Counters } from "../connection/counters.ts"
import { Sweep } from "../connection/sweep.ts"
import type { InjectionToken } from "../di/injection-token.ts"
import { startupError, ToniError } from "../errors.ts"
import { assertOptions, effectiveOptions } from "../gateway/effective-options.ts"
import { discoverGateways, type FoundGateway, type GatewayEntry } from "../gateway/discovery.ts"
import { Door, type DoorHost } from "../gateway/door.ts"
import type { GatewayOptions } from "../gateway/gateway-options.ts"
import { HomeContext } from "../home-context.ts"
import type { LocalHub } from "../hub/local-hub.ts"
import type { ModuleAssembly } from "../module/assembly.ts"
import { checkWebSocketAdapter } from "./adapter-checks.ts"
import { drain } from "./drain.ts"
import type { ErrorListener } from "./error-reports.ts"
import { fileShortage } from "./file-shortage.ts"
import { largestLimits } from "./largest-limits.ts"
import { listenError, listenTarget } from "./listen-target.ts"
import { LiveConnections } from "./live-connections.ts"
import type { Logger } from "./logger.ts"
import { snapshot, type Metrics } from "./metrics.ts"
import { showValue } from "../show-value.ts"
import { bindSignals } from "./signals.ts"

export interface CloseOptions {
  /** The close code that clients get: 1001, going away, or 1012, service restart. Default 1001. */
  readonly code?: 1001 | 1012 | undefined
  /** Milliseconds over which clients are closed, so that they do not all come back at once. Default 0. */
  readonly window?: number | undefined
  /** Milliseconds that handlers and peers have after the last wave. Default 10,000. */
  readonly timeout?: number | undefined
}

/** What became of everything when the application closed (rule G21b). */
export interface CloseReport {
  /** Clients that were connected when it began. */
  readonly clients: number
  /** Hooks that did not settle in time. */
  readonly abandoned: number
  /** What `onModuleDestroy` hooks threw. */
  readonly failures: readonly { readonly module: string; readonly name: string; readonly error: unknown }[]
}

/** A gateway as it is served: its options are those in force (rule G20d). */
export type GatewayInfo = Omit<GatewayEntry, "gateway">

/** What an application is made of; `ToniFactory` gathers it. */
export interface ApplicationParts<Server> {
  readonly assembly: ModuleAssembly
  readonly gateways: readonly FoundGateway[]
  readonly httpAdapter: HttpAdapter<Server>
  readonly local: LocalHub
  readonly logger: Logger
  readonly report: ErrorListener
  readonly counters: Counters
  readonly clock: Clock
  readonly nextId: () => string
}

/** An application: its providers are made; it can be initialised, served and closed, once each. */
export class ToniApplication<Server = unknown> {
  readonly #parts: ApplicationParts<Server>
  readonly #home: HomeContext = new HomeContext()
  readonly #live: LiveConnections = new LiveConnections()
  /** As they were found by `create`; since `init`, as they are served. */
  #gateways: readonly FoundGateway[]
  #adapter: WebSocketAdapter<Server> | undefined
  #defaults: GatewayOptions = {}
  #initialising: Promise<void> | undefined
  #binding: Promise<ListenAddress> | undefined
  #isListening = false
  #closing: Promise<CloseReport> | undefined
  #door: Door | undefined
  #detach: (() => void) | undefined
  #abandoned = 0

  /** For `ToniFactory`. */
  constructor(parts: ApplicationParts<Server>) {
    this.#parts = parts
    this.#gateways = parts.gateways
  }

  /**
   * Serves the gateways by `adapter`, on the server of the HTTP adapter. `defaults` hold for every gateway that does
   * not say otherwise (rule G20d); a bad one throws `TONI_BAD_OPTION`.
   */
  useWebSocketAdapter(adapter: WebSocketAdapter<Server>, defaults: GatewayOptions = {}): this {
    checkWebSocketAdapter(adapter)
    if (this.#adapter) throw new ToniError("TONI_LIFECYCLE", "useWebSocketAdapter() was called before.")
    if (this.#door || this.#closing)
      throw new ToniError("TONI_LIFECYCLE", "useWebSocketAdapter() comes before listen().")
    const checked = assertOptions(defaults)
    this.#assertServed(adapter, checked)
    this.#adapter = adapter
    this.#defaults = checked
    return this
  }

  /** Throws when an adapter lacks what a gateway asks for. */
  #assertServed(adapter: WebSocketAdapter<Server>, defaults: GatewayOptions): void {
    for (const { name, own } of this.#gateways) {
      if (adapter.supports.compression || !effectiveOptions(defaults, own).compression) continue
      throw new ToniError(
        "TONI_BAD_OPTION",
        `${name} asks for compression, and the adapter ${adapter.name} has none.`,
        {
          fix: "Remove the option compression, or serve with an adapter that has it: NodeWebSocketAdapter, WsWebSocketAdapter.",
        },
      )
    }
  }

  /** From now on nothing changes: what `onModuleInit` has set counts, and is checked like the rest (rule G20d). */
  #freezeGateways(): void {
    const { gateways, problems } = discoverGateways(this.#parts.assembly.providers)
    if (problems.length > 0) throw startupError(problems)
    this.#gateways = gateways
  }

  /** Runs every `onModuleInit`, without binding a port; `listen` includes it (rule G3a). */
  init(): Promise<void> {
    if (this.#closing) return Promise.reject(new ToniError("TONI_LIFECYCLE", "The application is closed."))
    return (this.#initialising ??= this.#parts.assembly.init().then(() => this.#freezeGateways()))
  }

  /**
   * Initialises, binds and serves: a port (0 takes any that is free; without `host` on all addresses), or with
   * `{ path }` a Unix socket. Rejects with `TONI_LISTEN` when it cannot be had; the application is closed then, nothing
   * stays open (rule G3b). Gateways without a WebSocket adapter are refused with `TONI_NO_ADAPTER` (rule G2b).
   */
  async listen(where: number | ListenTarget, host?: string): Promise<ListenAddress> {
    const target = listenTarget(where, host)
    if (this.#door || this.#closing)
      throw new ToniError("TONI_LIFECYCLE", "listen() was called before, or close() was.")
    this.#assertReached()
    const { httpAdapter, logger } = this.#parts
    const door = (this.#door = new Door(this.#host()))
    try {
      await this.init()
      if (this.#closing) throw new ToniError("TONI_LIFECYCLE", "The application was closed while it started.")
      this.#assertReached()
      if (this.#adapter) this.#assertServed(this.#adapter, this.#defaults)
      door.serve(this.gateways.map(this.#entry))
      this.#detach = this.#attach(door)
      this.#binding = httpAdapter.listen(target, this.#listenSettings(door))
      const address = await this.#binding.catch((cause: unknown) => {
        throw listenError(cause, target)
      })
      this.#isListening = true
      const gateways = this.gateways.map(({ path }) => path).join(" ")
      logger.info({ url: address.url, gateways }, "Listening")
      if (this.#adapter && gateways === "") {
        const fix = "A gateway has a path and onMessage, and stands in the providers of a module that the root imports."
        logger.warn({ adapter: this.#adapter.name, fix }, "No gateway was found")
      }
      return address
    } catch (error) {
      await this.close()
      throw error
    }
  }

  /** Throws when there are gateways that no WebSocket adapter would serve (rule G2b). */
  #assertReached(): void {
    if (this.#gateways.length === 0 || this.#adapter) return
    const names = this.#gateways.map(({ name }) => name).join(", ")
    throw new ToniError("TONI_NO_ADAPTER", `${names} would never be reached.`)
  }

  /** What the container holds under `token`, as the root module sees it; else `TONI_NOT_PROVIDED`. */
  get<T>(token: InjectionToken<T>): T {
    return this.#parts.assembly.get(token)
  }

  /** Every gateway, with its options as they are in force. */
  get gateways(): readonly GatewayInfo[] {
    return this.#gateways.map(({ name, module, path, own }) => {
      return { name, module, path, options: effectiveOptions(this.#defaults, own) }
    })
  }

  /** Counters since the start, and gauges of this moment. */
  metrics(): Metrics {
    return snapshot(this.#parts.counters, this.#live)
  }

  /**
   * Ends everything, in an order that loses nothing (rule G21a): it stops listening and refuses upgrades, each client's
   * handlers settle, it is flushed and closed; then the HTTP server, then the providers. A second call answers the first one's promise.
   */
  close(options: CloseOptions = {}): Promise<CloseReport> {
    return (this.#closing ??= this.#close(options))
  }

  /**
   * Closes the application on these signals, SIGTERM and SIGINT unless others are named (rule G22); a second signal
   * ends the process as usual. The function that it returns unbinds them.
   */
  closeOnSignals(signals: readonly string[] = ["SIGTERM", "SIGINT"], options: CloseOptions = {}): () => void {
    return bindSignals(signals, (signal) => {
      const { logger } = this.#parts
      logger.info({ signal }, "Closing")
      void this.close(options).then(({ clients, abandoned }) => {
        logger.info({ clients, abandoned }, "Closed")
      })
    })
  }

  async #close({ code = 1001, window = 0, timeout = 10_000 }: CloseOptions): Promise<CloseReport> {
    const { assembly, clock, httpAdapter } = this.#parts
    this.#door?.startDraining()
    if (this.#isListening) httpAdapter.stopListening()
    const clients = this.#live.size
    const cut = new AbortController()
    const deadline = clock.after(window + timeout, () => cut.abort())
    // Whoever closes may be a client's hook, and what a drain gives up on has its onDisconnect at once.
    await this.#home.run(() => drain(this.#live, { clock, code, window, timeout }))
    this.#door?.end()
    const isBound = await this.#binding?.then(
      () => true,
      () => false,
    )
    if (isBound) await httpAdapter.close(cut.signal)
    deadline.cancel()
    this.#detach?.()
    await this.#initialising?.catch(() => undefined)
    const failures = await assembly.destroy()
    for (const { module, name, error } of failures) {
      this.#parts.report(error, { phase: "shutdown", gateway: `${module}.${name}` })
    }
    return { clients, abandoned: this.#abandoned, failures }
  }

  #attach(door: Door): (() => void) | undefined {
    const limits = largestLimits(this.gateways.map(({ options }) => options))
    try {
      return this.#adapter?.attach(this.#parts.httpAdapter.server, door, { limits })
    } catch (cause) {
      if (cause instanceof ToniError) throw cause
      const detail = `The WebSocket adapter ${this.#adapter?.name} does not fit the server of the HTTP adapter.`
      const fix = "Use two adapters of one kind, such as NodeHttpAdapter and NodeWebSocketAdapter."
      throw new ToniError("TONI_BAD_ARGUMENT", detail, { cause, fix })
    }
  }

  readonly #entry = (info: GatewayInfo, index: number): GatewayEntry => {
    return { ...info, gateway: (this.#gateways[index] as FoundGateway).gateway }
  }

  #listenSettings(door: Door): ListenSettings {
    const { clock, counters, logger, report } = this.#parts
    return {
      headTimeout: effectiveOptions(this.#defaults).handshakeTimeout,
      answerPlain: (path) => answerPlain(door.owns(path)),
      outOfFiles: fileShortage(clock, counters, logger),
      failed: (error) => report(error, { phase: "request", gateway: "http" }),
    }
  }

  #host(): DoorHost {
    const { clock, counters, local, logger, nextId, report } = this.#parts
    const sweep = new Sweep(clock, this.#live)
    /** The names of gateways that have been told that nobody sends what they return. */
    const ignoring = new Set<string>()
    return {
      clock,
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
        this.#live.add(connection)
        sweep.start()
        local.opened(connection)
      },
      gone: (connection) => local.gone(connection),
      released: (connection) => {
        this.#live.delete(connection)
        if (this.#live.size === 0) sweep.stop()
      },
    }
  }
}

/** What a plain request gets where the user has no handler of their own (rule G5d). */
function answerPlain(isGateway: boolean): PlainAnswer {
  const type = { "Content-Type": "text/plain; charset=utf-8" }
  if (!isGateway) return { status: 404, headers: type, body: "Not found\n" }
  return { status: 426, headers: { ...type, Upgrade: "websocket" }, body: "This path speaks WebSocket.\n" }
}
