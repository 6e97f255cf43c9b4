import { AsyncLocalStorage, AsyncResource } from "node:async_hooks"
import type { SocketEvents } from "../websocket-adapter.ts"

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

  /** Events of a socket whose runtime may tell them in any context; those that run hooks are isolated. */
  events(events: SocketEvents): SocketEvents {
    return {
      message: (data, text) => this.isolate(() => events.message(data, text), undefined),
      closed: (end) => this.isolate(() => events.closed(end), undefined),
      writable: () => events.writable(),
      violation: (violation) => events.violation(violation),
      failed: (error) => events.failed(error),
    }
  }
}

function inContextOfItsOwn<Argument>(call: (argument: Argument) => void, argument: Argument): void {
  new AsyncResource("toni").runInAsyncScope(call, undefined, argument)
}
