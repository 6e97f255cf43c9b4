import { LazySignal } from "../connection/lazy-signal.ts"
import { Metadata } from "../connection/metadata.ts"
import { ToniError } from "../errors.ts"
import type { DisconnectReason } from "../message/disconnect-reason.ts"
import { showValue } from "../show-value.ts"

/**
 * Headers of an answer: an object, a `Headers`, a `Map`, or any other iterable of pairs. A list of values makes one
 * header of each, as several cookies need it; so does a name that comes several times.
 */
export type AnswerHeaders =
  | Readonly<Record<string, string | readonly string[]>>
  | Iterable<readonly [name: string, value: string | readonly string[]]>

export interface AcceptOptions {
  /** The subprotocol to answer, one of those offered. Default: the gateway's choice (rule G10a). */
  readonly protocol?: string | undefined
  /** Headers of the 101, such as `Set-Cookie`. */
  readonly headers?: AnswerHeaders | undefined
  /** When the connection expires (rule G19): a date, or milliseconds since 1970. Default never. */
  readonly expiresAt?: Date | number | undefined
}

declare const decided: unique symbol

/** What `accept`, `reject` and `close` of a handshake return, for its hook to return; nothing else is one. */
export interface HandshakeDecision {
  readonly [decided]: true
}

/** What a handshake was answered with. */
export type Verdict =
  | {
      readonly kind: "accept"
      readonly protocol: string | undefined
      readonly headers: HeaderList
      /** Milliseconds since 1970. */
      readonly expiresAt: number | undefined
    }
  | { readonly kind: "reject"; readonly status: number; readonly message: string; readonly headers: HeaderList }
  | { readonly kind: "close"; readonly code: number; readonly reason: string }

/** What lets a client in where nothing else is said. */
export const welcome: Verdict & { readonly kind: "accept" } = {
  kind: "accept",
  protocol: undefined,
  headers: [],
  expiresAt: undefined,
}

export type HeaderList = readonly (readonly [name: string, value: string])[]

/** What a hook has said about one handshake so far; the handshake writes it, the door reads it. */
export class HandshakeRecord {
  accepted: Verdict | undefined
  /** The first `reject` or `close`; it stands whatever follows (rule G6c). */
  refused: Verdict | undefined
  readonly metadata: Metadata = new Metadata()
  /** What a hook returns that has decided by a call: it means nothing to other handshakes. */
  readonly decision: HandshakeDecision = Object.freeze({}) as HandshakeDecision
  readonly #signal: LazySignal

  /** `report` is told what listeners of the signal throw; it must not throw. */
  constructor(report: (error: unknown) => void) {
    this.#signal = new LazySignal(report)
  }

  get signal(): AbortSignal {
    return this.#signal.signal
  }

  /** The hook is not waited for any longer; `cause` says why, to who listens to the signal. */
  abort(message: string, cause: DisconnectReason | ToniError): void {
    this.#signal.abort(message, cause)
  }

  /** Whether an error of the hook means that it has stopped, because the signal said so (rule G16a). */
  isStop(error: unknown): boolean {
    return this.#signal.isWhy(error)
  }

  /** What the hook meant by what it returned and called. What is no answer throws: nobody gets in by mistake. */
  conclude(answer: unknown): Verdict {
    if (this.refused) return this.refused
    if (answer === false) return { kind: "reject", status: 403, message: "", headers: [] }
    if (answer === true || answer === undefined || answer === this.decision) return this.accepted ?? welcome
    throw new ToniError("TONI_BAD_ARGUMENT", `onHandshake returned ${showValue(answer)}, which is no answer.`, {
      fix: "Return true or false, or what accept(), reject() or close() of this handshake returned.",
    })
  }
}
