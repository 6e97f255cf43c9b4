import type { PendingUpgrade, Refusal } from "../adapter/websocket-adapter.ts"
import type { Clock } from "../clock.ts"
import { Farewells, goodbyeFor, type Goodbye } from "./farewell.ts"
import type { Target } from "./path.ts"
import { ReasonLog, type LogLine } from "./reason-log.ts"
import { chooseProtocol, isCredential, toniProtocol } from "./subprotocol.ts"

/** What it takes to turn somebody away. No function throws. */
export interface RejectionHost {
  readonly clock: Clock
  /** An upgrade was refused, by this status or by the close code that stands for it. */
  refused(status: number): void
  /** The connection of somebody who was told goodbye broke by an exception of ours. */
  handshakeFailed(error: unknown, gateway: string): void
  readonly log: LogLine
}

/** Somebody whose handshake is well-formed. */
export interface Arrival {
  readonly pending: PendingUpgrade
  readonly offered: readonly string[]
  readonly target: Target
  /** How long the peer may take to answer our Close, in milliseconds. Default: 5,000. */
  readonly closeTimeout?: number
  /** Gives back the slot of a gateway, where there is one. */
  readonly leave?: () => void
}

/** Why somebody is turned away, for the log: one of few reasons, and what there is to say besides. */
export interface Cause {
  readonly reason: string
  readonly detail?: string
  readonly level?: "info" | "warn"
}

const refusalTexts = { one: "Handshake refused", more: "More handshakes refused" }
const usualCloseTimeout = 5_000
const noLimits = { maxPayload: 125, maxFragments: 1 }
/** Paths are as long as strangers want; of more than this the log shows the beginning, in UTF-16 units. */
const longestPath = 200

/** Turns away: by a status, or by a connection that is closed at once; and has each of them logged and counted. */
export class Rejections {
  readonly #host: RejectionHost
  readonly #farewells: Farewells
  readonly #log: ReasonLog

  constructor(host: RejectionHost) {
    this.#host = host
    this.#farewells = new Farewells(host.clock, (error) => host.handshakeFailed(error, "none"))
    this.#log = new ReasonLog(host.clock, host.log, refusalTexts)
  }

  /** By status, whoever it is; `target` is missing where it is none. */
  refuse(pending: PendingUpgrade, answer: Refusal, target?: Target, cause: Cause = { reason: answer.body }): void {
    this.#note(answer.status, target, cause)
    pending.refuse(answer)
  }

  /**
   * By status, or by close code to who offers our subprotocol (rule G7b). Who is told by close code keeps the slot, where
   * there is one, until the connection is gone; others are guests, and few at a time.
   */
  reject(arrival: Arrival, answer: Refusal, cause: Cause = { reason: answer.body }): void {
    const { pending, offered, target, leave } = arrival
    const left = offered.includes(toniProtocol) ? (leave ?? this.#farewells.admitGuest()) : undefined
    if (left === undefined) {
      leave?.()
      return this.refuse(pending, answer, target, cause)
    }
    this.#note(answer.status, target, cause)
    this.#sayFarewell(arrival, goodbyeFor(answer, this.#host.clock.date()), left)
  }

  /** By the close code that a hook has chosen (rule G7a), whoever the client is. */
  close(arrival: Arrival & { readonly leave: () => void }, goodbye: Goodbye): void {
    const { code, reason } = goodbye
    const detail = reason === "" ? "onHandshake closed it." : `onHandshake closed it: ${reason}`
    this.#log.write({ reason: `close ${code}`, fields: { code, path: shortPath(arrival.target), detail } })
    this.#sayFarewell(arrival, goodbye, arrival.leave)
  }

  /** Nobody is there any more who could be told. */
  abandoned({ target, leave }: Arrival, gateway: string): void {
    leave?.()
    const detail = "The peer was gone before onHandshake had settled and the upgrade was answered."
    this.#log.write({ reason: "abandoned", fields: { path: shortPath(target), gateway, detail } })
  }

  /** Cuts the connections that were accepted only to be closed, and says what the log has not said yet. */
  end(): void {
    this.#farewells.end()
    this.#log.end()
  }

  #sayFarewell({ pending, offered, closeTimeout }: Arrival, goodbye: Goodbye, left: () => void): void {
    // Browsers give up unless one of the protocols that they offered is answered.
    const protocol = chooseProtocol([], offered) ?? offered.find((name) => !isCredential(name))
    const terms = { protocol, headers: [], limits: noLimits }
    this.#farewells.say(pending, terms, goodbye, closeTimeout ?? usualCloseTimeout, left)
  }

  #note(status: number, target: Target | undefined, { reason, detail = reason, level }: Cause): void {
    this.#host.refused(status)
    this.#log.write({ reason, fields: { status, path: shortPath(target), detail }, ...(level && { level }) })
  }
}

function shortPath({ path }: Target = { path: "?", query: "" }): string {
  return path.length > longestPath ? `${path.slice(0, longestPath)}…` : path
}
