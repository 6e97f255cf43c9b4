import { callUserCode } from "../user-code.ts"

type Listener = ((event: Event) => unknown) | { handleEvent(event: Event): unknown }

/** Under this name a signal has the function that is told what its listeners throw. */
const failed = Symbol("toni.failed")
/** Under this name it has what was set as `onabort`, and the listener that calls it. */
const onabort = Symbol("toni.onabort")

/** What runs in place of a listener; for each listener the same one, so that it is added once and can be removed. */
const guards = new WeakMap<object, (this: GuardedSignal, event: Event) => void>()

/**
 * An abort signal whose listeners harm nobody: the runtime would throw what a listener throws, or its promise rejects
 * with, into the event loop, and the process would end. To `fetch`, `AbortSignal.any` and their kin it is the signal
 * that it always was.
 */
class GuardedSignal extends AbortSignal {
  declare [failed]: (error: unknown) => void
  declare [onabort]: { readonly set: (event: Event) => unknown; readonly call: (event: Event) => unknown } | undefined

  override addEventListener(type: string, listener: Listener, options?: object | boolean): void {
    super.addEventListener(type, guardOf(listener), options)
  }

  override removeEventListener(type: string, listener: Listener, options?: object | boolean): void {
    super.removeEventListener(type, guardOf(listener), options)
  }

  override get onabort(): ((event: Event) => unknown) | null {
    return this[onabort]?.set ?? null
  }

  override set onabort(listener: ((event: Event) => unknown) | null) {
    if (this[onabort] !== undefined) this.removeEventListener("abort", this[onabort].call)
    this[onabort] =
      typeof listener === "function" ? { set: listener, call: (event) => listener.call(this, event) } : undefined
    if (this[onabort] !== undefined) this.addEventListener("abort", this[onabort].call)
  }
}

/** Makes a signal that one, for as long as it lives. `report` must not throw. */
export function guardListeners(signal: AbortSignal, report: (error: unknown) => void): void {
  Object.setPrototypeOf(signal, GuardedSignal.prototype)
  Object.defineProperty(signal, failed, { value: report })
  Object.defineProperty(signal, onabort, { value: undefined, writable: true })
}

function guardOf(listener: Listener): (event: Event) => void {
  // What is no listener is for the runtime to refuse.
  if (typeof listener !== "function" && (typeof listener !== "object" || listener === null)) return listener
  const known = guards.get(listener)
  if (known !== undefined) return known
  const guard = function (this: GuardedSignal, event: Event): void {
    const call = (): unknown =>
      typeof listener === "function" ? listener.call(this, event) : listener.handleEvent(event)
    callUserCode(call, this[failed])
  }
  guards.set(listener, guard)
  return guard
}
