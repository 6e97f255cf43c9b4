import { callUserCode } from "../user-code.ts"

type Failed = (error: unknown) => void

/**
 * An abort signal that is made when it is first asked for: most connections never need theirs. What a listener throws,
 * or rejects with, goes to `failed` (which must not throw): runtimes make an uncaught exception of it.
 */
export class LazySignal {
  readonly #failed: Failed
  #controller: AbortController | undefined
  #isAborted = false
  #reason: unknown

  constructor(failed: Failed) {
    this.#failed = failed
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      guard(this.#controller.signal, this.#failed)
      if (this.#isAborted) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** `reason` is what `signal.reason` will be; by default an `AbortError`. The first call counts. */
  abort(reason?: unknown): void {
    if (this.#isAborted) return
    this.#isAborted = true
    this.#reason = reason
    this.#controller?.abort(reason)
  }
}

type Listener = (event: unknown) => void

/** The part of an `AbortSignal` that listeners come by. */
interface Target {
  addEventListener(type: string, listener: Listener | null, options?: unknown): void
  removeEventListener(type: string, listener: Listener | null, options?: unknown): void
}

/** Has every listener called within a `try`. Added twice it is still one, and removing it takes its guard away. */
function guard(signal: AbortSignal, failed: Failed): void {
  const guards = new WeakMap<object, Listener>()
  const guarded = (listener: unknown): Listener | null => {
    if ((typeof listener !== "object" && typeof listener !== "function") || listener === null) return null
    const known = guards.get(listener)
    if (known !== undefined) return known
    const made: Listener = (event) => callUserCode(() => callListener(listener, signal, event), failed)
    guards.set(listener, made)
    return made
  }
  const target = signal as unknown as Target
  const add = target.addEventListener.bind(signal)
  const remove = target.removeEventListener.bind(signal)
  let onabort: object | null = null
  add("abort", (event) => callUserCode(() => onabort && callListener(onabort, signal, event), failed))
  Object.defineProperties(signal, {
    addEventListener: {
      configurable: true,
      value: (type: string, listener: unknown, options?: unknown) => add(type, guarded(listener), options),
    },
    removeEventListener: {
      configurable: true,
      value: (type: string, listener: unknown, options?: unknown) => remove(type, guarded(listener), options),
    },
    onabort: {
      configurable: true,
      get: () => onabort,
      set(value: unknown): void {
        onabort = typeof value === "function" ? value : null
      },
    },
  })
}

function callListener(listener: object, signal: AbortSignal, event: unknown): unknown {
  if (typeof listener === "function") return Reflect.apply(listener as Listener, signal, [event])
  return (listener as { handleEvent(event: unknown): unknown }).handleEvent(event)
}
