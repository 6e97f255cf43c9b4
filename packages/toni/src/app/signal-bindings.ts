import type { Clock } from "../clock.ts"
import { Countdown } from "../module/countdown.ts"
import { Deferred } from "../connection/deferred.ts"
import { closePlan, type CloseOptions, type CloseReport } from "./close-options.ts"
import type { ErrorListener } from "./error-reports.ts"
import type { Logger } from "./logger.ts"
import { callUserCode } from "../user-code.ts"
import { bindSignals, leaveCluster, signalOptions, type SignalBinding, type SignalOptions } from "./signals.ts"

/** The application, as signals need it. */
export interface SignalHost {
  readonly clock: Clock
  readonly logger: Logger
  readonly report: ErrorListener
  /** Settles when the start that is going on has come to its end; nothing where there is none. */
  starting(): Promise<unknown> | undefined
  close(options: CloseOptions): Promise<CloseReport>
}

/** What handlers and hooks get at the least when the start has taken the time, in milliseconds. */
const shortest = 1_000

/** The signals that close an application, bound until it has closed (rule G22). */
export class SignalBindings {
  readonly #host: SignalHost
  readonly #unbind = new Set<() => void>()
  readonly #closed = new Deferred<CloseReport>()
  #isOver = false

  constructor(host: SignalHost) {
    this.#host = host
  }

  bind(first: unknown, second: unknown): SignalBinding {
    const { signals, onClosed, ...options } = signalOptions(first, second)
    const closed = this.#closed.promise
    if (this.#isOver) return { closed, unbind: () => undefined }
    const unbindAll = bindSignals(signals, (signal) => void this.#close(signal, options, onClosed))
    const unbind = (): void => {
      unbindAll()
      this.#unbind.delete(unbind)
    }
    this.#unbind.add(unbind)
    return { closed, unbind }
  }

  /** The application has closed: signals are what they were before. */
  end(report: CloseReport): void {
    this.#isOver = true
    for (const unbind of this.#unbind) unbind()
    this.#closed.resolve(report)
  }

  /** A start that is going on comes to its end first: whoever awaits it did nothing wrong, and is not to be rejected. */
  async #close(signal: string, options: CloseOptions, onClosed: SignalOptions["onClosed"]): Promise<void> {
    const { logger, report } = this.#host
    const failed = (error: unknown): void => report(error, { phase: "shutdown", gateway: "closeOnSignals" })
    try {
      logger.info({ signal }, "Closing")
      const closed = await this.#host.close({ ...options, timeout: await this.#afterStart(closePlan(options).timeout) })
      const { clients, abandoned } = closed
      logger.info({ clients, abandoned }, "Closed")
      await onClosed?.(closed, signal)
    } catch (error) {
      failed(error)
    }
    callUserCode(leaveCluster, failed)
  }

  /** What is left of `timeout` when the start has come to its end. */
  async #afterStart(timeout: number): Promise<number> {
    const { clock } = this.#host
    const starting = this.#host.starting()
    if (starting === undefined) return timeout
    const begun = clock.now()
    const countdown = new Countdown(clock, timeout)
    await countdown.bound(starting.then(undefined, () => undefined))
    countdown.cancel()
    return Math.max(Math.min(shortest, timeout), timeout - (clock.now() - begun))
  }
}
