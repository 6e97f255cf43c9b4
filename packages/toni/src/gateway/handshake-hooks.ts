import type { PendingUpgrade } from "../adapter/websocket-adapter.ts"
import type { Clock } from "../clock.ts"
import type { Counters } from "../connection/counters.ts"
import type { Metadata } from "../connection/metadata.ts"
import { ToniError } from "../errors.ts"
import { CloseCode } from "../message/close-code.ts"
import type { DisconnectReason } from "../message/disconnect-reason.ts"
import { isThenable, whenSettled } from "../user-code.ts"
import type { GatewayEntry } from "./discovery.ts"
import type { Gateway } from "./gateway.ts"
import { retryAfter } from "./handshake-check.ts"
import { HandshakeRecord, welcome, type Verdict } from "./handshake-record.ts"
import type { WsHandshake } from "./ws-handshake.ts"

/** What the hooks need of the application. Neither throws. */
export interface HookHost {
  readonly clock: Clock
  readonly counters: Counters
  /** `onHandshake` threw, rejected, or gave no answer. */
  handshakeFailed(error: unknown, gateway: string): void
}

/** Called once with what the hook has decided and left; without a verdict when its peer has vanished. Never throws. */
export type Decide = (verdict: Verdict | undefined, metadata: Metadata | undefined) => void

/** What is answered where a hook has given no answer. */
export const failed: Verdict & { readonly kind: "reject" } = {
  kind: "reject",
  status: 500,
  message: "The handshake failed.",
  headers: [],
}
export const late: Verdict & { readonly kind: "reject" } = {
  kind: "reject",
  status: 503,
  message: "The handshake took too long.",
  headers: [retryAfter],
}
/** What a drain answers, whatever the hook would have said. */
export const shuttingDown: Verdict & { readonly kind: "reject" } = {
  kind: "reject",
  status: 503,
  message: "The server is shutting down.",
  headers: [retryAfter],
}

/** Why a hook is not waited for any longer: what `handshake.signal` tells it. */
interface GivenUp {
  readonly message: string
  readonly cause: DisconnectReason | ToniError
}

const vanished: GivenUp = { message: "The peer has vanished.", cause: { kind: "lost" } }
const closing: GivenUp = {
  message: "The server is shutting down.",
  cause: { kind: "shutdown", code: CloseCode.goingAway },
}

/** Runs `onHandshake` hooks, each to its end, before anything is accepted (rule G6a). */
export class HandshakeHooks {
  readonly #host: HookHost
  /** For every hook that is waited for: how to turn its client away now. */
  readonly #waiting = new Set<() => void>()

  constructor(host: HookHost) {
    this.#host = host
  }

  /**
   * Asks the hook of `entry`; decides within this call unless the hook is asynchronous. Without a hook everybody is
   * welcome, and no handshake is made.
   */
  ask(
    entry: GatewayEntry,
    pending: PendingUpgrade,
    handshakeFor: (record: HandshakeRecord) => WsHandshake,
    decide: Decide,
  ): void {
    let record: HandshakeRecord | undefined
    let verdict: Verdict
    try {
      const { gateway } = entry
      // Read each time, as the other hooks are; it may be a getter, and throw.
      const hook: unknown = Reflect.get(gateway, "onHandshake")
      if (hook === undefined) return decide(welcome, undefined)
      record = new HandshakeRecord((error) => this.#host.handshakeFailed(error, entry.name))
      const answer: unknown = (hook as (this: Gateway, handshake: WsHandshake) => unknown).call(
        gateway,
        handshakeFor(record),
      )
      if (isThenable(answer)) return this.#wait(answer, entry, pending, record, decide)
      verdict = record.conclude(answer)
    } catch (error) {
      this.#host.handshakeFailed(error, entry.name)
      verdict = record?.refused ?? failed
    }
    decide(verdict, record?.metadata)
  }

  /** Turns away whose hook is still waited for. */
  end(): void {
    for (const turnAway of this.#waiting) turnAway()
  }

  #wait(
    answer: PromiseLike<unknown>,
    { name, options: { handshakeTimeout } }: GatewayEntry,
    pending: PendingUpgrade,
    record: HandshakeRecord,
    decide: Decide,
  ): void {
    /** The one way out: whatever comes first decides, the rest is too late. */
    const settle = (verdict: Verdict | undefined, givenUp?: GivenUp): void => {
      if (!this.#waiting.delete(turnAway)) return
      timer.cancel()
      pending.onAbandoned = undefined
      if (givenUp) record.abort(givenUp.message, givenUp.cause)
      decide(verdict, record.metadata)
    }
    const turnAway = (): void => settle(record.refused ?? shuttingDown, closing)
    const fail = (error: unknown): void => {
      if (record.isStop(error)) this.#host.counters.stopped++
      else this.#host.handshakeFailed(error, name)
      settle(record.refused ?? failed)
    }
    const conclude = (value: unknown): void => {
      if (!this.#waiting.has(turnAway)) return
      let verdict: Verdict
      try {
        verdict = record.conclude(value)
      } catch (error) {
        return fail(error)
      }
      settle(verdict)
    }
    this.#waiting.add(turnAway)
    pending.onAbandoned = () => settle(undefined, vanished)
    const timer = this.#host.clock.after(handshakeTimeout, () => {
      const message = `onHandshake did not settle within handshakeTimeout (${handshakeTimeout} ms).`
      const fix = "Make the hook settle sooner (handshake.signal aborts now), or raise the option handshakeTimeout."
      const cause = new ToniError("TONI_HOOK_TIMEOUT", message, { fix })
      this.#host.handshakeFailed(cause, name)
      settle(record.refused ?? late, { message, cause })
    })
    whenSettled(answer, conclude, fail)
  }
}
