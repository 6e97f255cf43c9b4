import type { AcceptTerms, AdapterSocket, PendingUpgrade, Refusal, SocketEvents } from "../adapter/websocket-adapter.ts"
import type { Clock } from "../clock.ts"
import { CloseCode, cutReason, retryReason } from "../message/close-code.ts"

/** How many who have no slot of a gateway may be told goodbye at the same time; who comes then is told by status. */
const mostGuests = 100
/** Statuses after which a client may come back; the close code is this much more. */
const comesBack: ReadonlySet<number> = new Set([401, 408, 425, 429])

/** A Close instead of a status: what our SDK is told (rule G7b). */
export interface Goodbye {
  readonly code: number
  readonly reason: string
}

/** The Close that says the same as a refusal: 44xx is to come back, 45xx is final, 1013 is our own trouble (rule G7b). */
export function goodbyeFor({ status, headers, body }: Refusal, date: number): Goodbye {
  const seconds = secondsToWait(headers.find(([name]) => /^retry-after$/i.test(name))?.[1], date)
  return { code: closeCodeFor(status), reason: cutReason(retryReason(seconds, body)) }
}

function closeCodeFor(status: number): number {
  if (comesBack.has(status)) return 4000 + status
  return status >= 500 ? CloseCode.tryAgainLater : Math.max(4500, 4100 + status)
}

/** What the header says, in seconds or as a date (RFC 9110 section 10.2.3). */
function secondsToWait(retryAfter: string | undefined, date: number): number | undefined {
  if (retryAfter === undefined) return undefined
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter)
  const moment = Date.parse(retryAfter)
  return Number.isNaN(moment) ? undefined : Math.max(0, Math.ceil((moment - date) / 1000))
}

/**
 * Connections that are accepted only to be closed with a code that a browser can read (rules G7a and G7b). They never
 * reach a gateway.
 */
export class Farewells {
  readonly #clock: Clock
  readonly #failed: (error: unknown) => void
  readonly #open = new Set<AdapterSocket>()
  #guests = 0
  #isEnded = false

  /** `failed` is told what breaks one of these connections; it must not throw. */
  constructor(clock: Clock, failed: (error: unknown) => void) {
    this.#clock = clock
    this.#failed = failed
  }

  get size(): number {
    return this.#open.size
  }

  /** A place for somebody who has no slot of a gateway, and how to give it back; `undefined` when there is none. */
  admitGuest(): (() => void) | undefined {
    if (this.#guests >= mostGuests) return undefined
    this.#guests++
    return () => void this.#guests--
  }

  /** Accepts, closes, and cuts a peer that does not finish closing within `closeTimeout`. `left` is called once. */
  say(
    pending: PendingUpgrade,
    terms: AcceptTerms,
    { code, reason }: Goodbye,
    closeTimeout: number,
    left: () => void,
  ): void {
    const events: SocketEvents = {
      message: () => undefined,
      writable: () => undefined,
      violation: () => undefined,
      failed: this.#failed,
      closed: () => {
        timer.cancel()
        if (socket) this.#open.delete(socket)
        left()
      },
    }
    let socket: AdapterSocket | undefined
    try {
      socket = pending.accept(terms, events)
    } finally {
      if (!socket) left()
    }
    if (!socket) return
    this.#open.add(socket)
    const timer = this.#clock.after(this.#isEnded ? 0 : closeTimeout, () => socket?.terminate())
    socket.close(code, reason)
  }

  /** Cuts what is left, and who still comes as soon as it has been told. */
  end(): void {
    this.#isEnded = true
    for (const socket of this.#open) socket.terminate()
  }
}
