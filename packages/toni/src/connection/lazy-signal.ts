import { guardListeners } from "./guarded-signal.ts"

/**
 * An abort signal that is made when it is first asked for: most connections never need theirs. What its listeners throw
 * goes to `report`, which must not throw.
 */
export class LazySignal {
  readonly #report: (error: unknown) => void
  #controller: AbortController | undefined
  #reason: DOMException | undefined

  constructor(report: (error: unknown) => void) {
    this.#report = report
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      guardListeners(this.#controller.signal, this.#report)
      if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /**
   * Aborts with an `AbortError`, so that whoever passes the signal on rejects as usual. `cause` says why; the first one
   * counts.
   */
  abort(message: string, cause: unknown): void {
    if (this.#reason !== undefined) return
    this.#reason = new DOMException(message, "AbortError")
    Object.defineProperty(this.#reason, "cause", { value: cause, writable: true, configurable: true })
    this.#controller?.abort(this.#reason)
  }

  /**
   * Whether an error means no more than that its thrower stopped when the signal said so (rule G16a): it is the
   * signal's reason, or an `AbortError` with that cause, as the functions of Node throw it.
   */
  isWhy(error: unknown): boolean {
    if (this.#reason === undefined || typeof error !== "object" || error === null) return false
    if (error === this.#reason) return true
    try {
      const { name, cause } = error as Partial<Error>
      return name === "AbortError" && cause === this.#reason
    } catch {
      return false
    }
  }
}
