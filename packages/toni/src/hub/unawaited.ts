import type { Clock } from "../clock.ts"

/**
 * A promise that rejects with `error` and is never an unhandled rejection: when nobody has asked for its outcome by the
 * next turn of the event loop, `unheard` is called instead (rule H5b).
 */
export function rejection(error: Error, clock: Clock, unheard: () => void): Promise<never> {
  const rejected = new Rejection((_resolve, reject) => reject(error))
  rejected.ignore()
  clock.after(0, () => {
    if (!rejected.isHeard) unheard()
  })
  return rejected
}

/** Knows whether anybody has asked for its outcome; `await`, `catch` and the like all do it by `then`. */
class Rejection extends Promise<never> {
  /** What `then` answers is a promise like any other. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  isHeard = false

  // oxlint-disable-next-line unicorn/no-thenable -- It is a promise.
  override then<Value = never, Reason = never>(
    fulfilled?: ((value: never) => Value | PromiseLike<Value>) | null,
    rejected?: ((reason: unknown) => Reason | PromiseLike<Reason>) | null,
  ): Promise<Value | Reason> {
    this.isHeard = true
    return super.then(fulfilled, rejected)
  }

  /** Marks it as handled. */
  ignore(): void {
    super.then(undefined, () => undefined)
  }
}
