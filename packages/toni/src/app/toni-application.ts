import type { HttpAdapter, ListenAddress, ListenTarget } from "../adapter/http-adapter.ts"
import type { WebSocketAdapter } from "../adapter/websocket-adapter.ts"
import { assertArgument, hasMethods } from "../checked-options.ts"
import { Deferred } from "../connection/deferred.ts"
import type { InjectionToken } from "../di/injection-token.ts"
import { startupError, ToniError } from "../errors.ts"
import { discoverGateways, type FoundGateway, type GatewayEntry } from "../gateway/discovery.ts"
import { assertOptions, effectiveOptions } from "../gateway/effective-options.ts"
import type { GatewayOptions } from "../gateway/gateway-options.ts"
import type { ModuleAssembly } from "../module/assembly.ts"
import type { DestroyFailure } from "../module/lifecycle.ts"
import { checkWebSocketAdapter } from "./adapter-checks.ts"
import { closePlan, type CloseOptions, type ClosePlan, type CloseReport } from "./close-options.ts"
import { listenTarget } from "./listen-target.ts"
import { snapshot, type Metrics } from "./metrics.ts"
import { Serving, type ServingParts } from "./serving.ts"
import { SignalBindings } from "./signal-bindings.ts"
import type { SignalBinding, SignalOptions } from "./signals.ts"

/** A gateway as it is served: its options are those in force (rule G20d). */
export type GatewayInfo = Omit<GatewayEntry, "gateway">

/** What an application is made of; `ToniFactory` gathers it. */
export interface ApplicationParts<Server> extends ServingParts<Server> {
  readonly assembly: ModuleAssembly
  readonly gateways: readonly FoundGateway[]
  readonly httpAdapter: HttpAdapter<Server>
}

/** What `onModuleDestroy` hooks get at the least, when clients and requests have taken the time, in milliseconds. */
const shortestDestroy = 1_000

/** An application: its providers are made; it can be initialised, served and closed, once each. */
export class ToniApplication<Server = unknown> {
  readonly #parts: ApplicationParts<Server>
  readonly #signals: SignalBindings
  /** As they were found by `create`; since `init`, as they are served. */
  #gateways: readonly FoundGateway[]
  #adapter: WebSocketAdapter<Server> | undefined
  #defaults: GatewayOptions = {}
  #initialising: Promise<void> | undefined
  /** What `listen` is doing, until it has settled. */
  #starting: Deferred<void> | undefined
  #serving: Serving<Server> | undefined
  #closing: Promise<CloseReport> | undefined

  /** For `ToniFactory`. */
  constructor(parts: ApplicationParts<Server>) {
    assertArgument(areParts(parts), "A ToniApplication is what ToniFactory.create() resolves with", parts)
    this.#parts = parts
    this.#gateways = parts.gateways
    const { clock, logger, report } = parts
    const starting = (): Promise<void> | undefined => this.#starting?.promise ?? this.#initialising
    this.#signals = new SignalBindings({ clock, logger, report, starting, close: (options) => this.close(options) })
  }

  /**
   * Serves the gateways by `adapter`, on the server of the HTTP adapter. `defaults` hold for every gateway that does
   * not say otherwise (rule G20d); a bad one throws `TONI_BAD_OPTION`, what is no adapter `TONI_BAD_ARGUMENT`.
   */
  useWebSocketAdapter(adapter: WebSocketAdapter<Server>, defaults: GatewayOptions = {}): this {
    checkWebSocketAdapter(adapter)
    if (this.#adapter) throw new ToniError("TONI_LIFECYCLE", "useWebSocketAdapter() was called before.")
    if (this.#serving || this.#closing)
      throw new ToniError("TONI_LIFECYCLE", "useWebSocketAdapter() comes before listen().")
    const checked = assertOptions(defaults)
    this.#assertServed(adapter, checked)
    this.#adapter = adapter
    this.#defaults = checked
    return this
  }

  /** Runs every `onModuleInit`, without binding a port; `listen` includes it (rule G3a). */
  init(): Promise<void> {
    if (this.#closing) return Promise.reject(new ToniError("TONI_LIFECYCLE", "The application is closed."))
    return (this.#initialising ??= this.#parts.assembly.init().then(() => this.#freezeGateways()))
  }

  /**
   * Initialises, binds and serves: a port (0 takes any that is free; without `host` on all addresses), or with
   * `{ path }` a Unix socket. Rejects with `TONI_LISTEN` when it cannot be had, with `TONI_LIFECYCLE` when the
   * application is closed meanwhile; it is closed then, nothing stays open (rule G3b). Gateways without a WebSocket
   * adapter are refused with `TONI_NO_ADAPTER` (rule G2b).
   */
  async listen(where: number | ListenTarget, host?: string): Promise<ListenAddress> {
    const target = listenTarget(where, host)
    if (this.#serving || this.#closing)
      throw new ToniError("TONI_LIFECYCLE", "listen() was called before, or close() was.")
    this.#assertReached()
    const starting = (this.#starting = new Deferred())
    const serving = (this.#serving = new Serving(this.#parts, this.#adapter))
    try {
      await this.init()
      this.#assertNotClosing()
      this.#assertReached()
      if (this.#adapter) this.#assertServed(this.#adapter, this.#defaults)
      const { handshakeTimeout } = effectiveOptions(this.#defaults)
      const address = await serving.start(this.#entries, target, handshakeTimeout)
      this.#assertNotClosing()
      this.#logListening(address)
      return address
    } catch (error) {
      await this.close()
      throw error
    } finally {
      this.#starting = undefined
      starting.resolve()
    }
  }

  /** What the container holds under `token`, as the root module sees it; else `TONI_NOT_PROVIDED`. */
  get<T>(token: InjectionToken<T>): T {
    return this.#parts.assembly.get(token)
  }

  /** Every gateway, with its options as they are in force. */
  get gateways(): readonly GatewayInfo[] {
    return this.#entries.map(({ name, module, path, options }) => ({ name, module, path, options }))
  }

  /** Counters since the start, and gauges of this moment. */
  metrics(): Metrics {
    return snapshot(this.#parts.counters, this.#serving?.live ?? [])
  }

  /**
   * Ends everything, in an order that loses nothing (rule G21a): it stops listening and refuses upgrades, each client's
   * handlers settle, it is flushed and closed; then the HTTP server, then the providers. A second call answers the first
   * one's promise. Rejects with `TONI_BAD_OPTION` for a bad option; nothing is closed then.
   */
  close(options?: CloseOptions): Promise<CloseReport> {
    try {
      const plan = closePlan(options)
      return (this.#closing ??= this.#close(plan))
    } catch (error) {
      const refusal = error as ToniError
      return Promise.reject(refusal)
    }
  }

  /**
   * Closes the application on SIGTERM and SIGINT, or on the signals that are named (rule G22); it unbinds them once it
   * has closed, whatever closed it. A signal that comes during the start lets that come to its end first. A second
   * signal ends the process as usual. A worker of `node:cluster` leaves afterwards. Throws `TONI_BAD_OPTION` for a bad
   * option.
   */
  closeOnSignals(options?: SignalOptions): SignalBinding
  closeOnSignals(signals: readonly string[], options?: SignalOptions): SignalBinding
  closeOnSignals(first?: readonly string[] | SignalOptions, second?: SignalOptions): SignalBinding {
    return this.#signals.bind(first, second)
  }

  async #close(plan: ClosePlan): Promise<CloseReport> {
    const { assembly, clock, report } = this.#parts
    const end = clock.now() + plan.window + plan.timeout
    const failed = ({ module, name, error }: DestroyFailure): void =>
      report(error, { phase: "shutdown", gateway: `${module}.${name}` })
    const served = (await this.#serving?.end(plan)) ?? { clients: 0, abandoned: 0, dropped: 0, failures: [] }
    const timeout = Math.max(Math.min(plan.timeout, shortestDestroy), end - clock.now())
    const destroyed = await assembly.destroy({ clock, timeout, late: failed })
    const failures = [...served.failures, ...destroyed]
    failures.forEach(failed)
    const closed = { ...served, failures }
    this.#signals.end(closed)
    return closed
  }

  get #entries(): readonly GatewayEntry[] {
    return this.#gateways.map(({ name, module, path, gateway, own }) => {
      return { name, module, path, gateway, options: effectiveOptions(this.#defaults, own) }
    })
  }

  /** From now on nothing changes: what `onModuleInit` has set counts, and is checked like the rest (rule G20d). */
  #freezeGateways(): void {
    const { gateways, problems } = discoverGateways(this.#parts.assembly.providers)
    if (problems.length > 0) throw startupError(problems)
    this.#gateways = gateways
  }

  /** Throws when an adapter lacks what a gateway asks for. */
  #assertServed(adapter: WebSocketAdapter<Server>, defaults: GatewayOptions): void {
    for (const { name, own } of this.#gateways) {
      if (adapter.supports.compression || !effectiveOptions(defaults, own).compression) continue
      const detail = `${name} asks for compression, and the adapter ${adapter.name} has none.`
      const fix =
        "Remove the option compression, or serve with an adapter that has it: NodeWebSocketAdapter, WsWebSocketAdapter."
      throw new ToniError("TONI_BAD_OPTION", detail, { fix })
    }
  }

  /** Throws when there are gateways that no WebSocket adapter would serve (rule G2b). */
  #assertReached(): void {
    if (this.#gateways.length === 0 || this.#adapter) return
    const names = this.#gateways.map(({ name }) => name).join(", ")
    throw new ToniError("TONI_NO_ADAPTER", `${names} would never be reached.`)
  }

  #assertNotClosing(): void {
    if (this.#closing) throw new ToniError("TONI_LIFECYCLE", "The application was closed while it started.")
  }

  #logListening({ url }: ListenAddress): void {
    const { logger } = this.#parts
    const gateways = this.#gateways.map(({ path }) => path).join(" ")
    logger.info({ url, gateways }, "Listening")
    if (this.#adapter === undefined || gateways !== "") return
    const fix = "A gateway has a path and onMessage, and stands in the providers of a module that the root imports."
    logger.warn({ adapter: this.#adapter.name, fix }, "No gateway was found")
  }
}

function areParts(parts: Pick<ApplicationParts<unknown>, "assembly">): boolean {
  try {
    return hasMethods(parts.assembly, ["init", "get", "destroy"])
  } catch {
    return false
  }
}
