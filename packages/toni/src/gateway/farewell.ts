import type { AcceptTerms, AdapterSocket, PendingUpgrade, SocketEvents } from "../adapter/websocket-adapter.ts"
import type { Clock } from "../clock.ts"

/**
 * Connections that are accepted only to be closed with a code that a browser can read (rules G7a and G7b). They never
 * reach a gateway.
 */
export class Farewells {
  readonly #clock: Clock
  readonly #open = new Set<AdapterSocket>()
  #isEnded = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#open.size
  }

  /** Accepts, closes, and cuts a peer that does not finish closing within `closeTimeout`. */
  say(pending: PendingUpgrade, terms: AcceptTerms, code: number, reason: string, closeTimeout: number): void {
    const events: SocketEvents = {
      message: () => undefined,
      writable: () => undefined,
      violation: () => undefined,
      failed: () => undefined,
      closed: () => {
        timer.cancel()
        if (socket) this.#open.delete(socket)
      },
    }
    const socket = pending.accept(terms, events)
    if (!socket) return
    this.#open.add(socket)
    const timer = this.#clock.after(this.#isEnded ? 0 : closeTimeout, () => socket.terminate())
    socket.close(code, reason)
  }

  /** Cuts what is left, and who still comes as soon as it has been told. */
  end(): void {
    this.#isEnded = true
    for (const socket of this.#open) socket.terminate()
  }
}
