import { AsyncLocalStorage, AsyncResource } from "node:async_hooks"

/**
 * The async context in which an adapter was made, which is no client's. What one client's hook has set going must not
 * run another client's hooks in the first one's `AsyncLocalStorage` (rule G12e).
 */
export class NeutralContext {
  readonly #enter = AsyncLocalStorage.snapshot()

  /** Calls what runs no hook, such as a function that makes a timer. */
  run<Argument>(call: (argument: Argument) => void, argument: Argument): void {
    this.#enter(call, argument)
  }

  /** Calls what runs hooks; what they leave in their context (`enterWith`) ends with the call. */
  isolate<Argument>(call: (argument: Argument) => void, argument: Argument): void {
    this.#enter(inContextOfItsOwn<Argument>, call, argument)
  }
}

function inContextOfItsOwn<Argument>(call: (argument: Argument) => void, argument: Argument): void {
  new AsyncResource("toni").runInAsyncScope(call, undefined, argument)
}
