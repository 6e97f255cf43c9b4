import type { WsMessage } from "../message/ws-message.ts"
import { isThenable, whenSettled } from "../user-code.ts"
import { Backlog } from "./backlog.ts"
import { taken } from "./outbox.ts"

/** Who owns a mailbox: what it does with a message, and how it stops and starts the flow. */
export interface MailboxOwner {
  readonly limits: MailboxLimits
  /** Another number for each read of the socket. */
  readonly reads: number
  /** Runs the handler; what it throws or rejects with comes back to `failed`. */
  handle(message: WsMessage): unknown
  failed(error: unknown): void
  /** Above the high-water mark: read no more. */
  full(): void
  /** Room again. */
  drained(): void
  /** An asynchronous handler has settled, and others run or wait. */
  progressed(): void
  /** A handler answered something that nobody takes: neither nothing nor what `send` resolves with. */
  ignored(answer: unknown): void
  /** Nothing is queued and no handler runs. Called each time that this becomes true; by synchronous handlers only once `watch` was called. */
  idle(): void
}

export interface MailboxLimits {
  /** How many handlers of one client may run at once (rule G12a). */
  readonly concurrency: number
  readonly inbox: { readonly messages: number; readonly bytes: number }
}

interface Outcomes {
  readonly settled: (answer: unknown) => void
  readonly rejected: (error: unknown) => void
}

/**
 * Order in: the messages of one client, handled one after another (rule G12a). A handler that is synchronous, or
 * returns what `send` returned, costs no promise (rule G12b). The limits are a high-water mark, never a reason to lose
 * anything (rule G12c).
 */
export class Mailbox {
  readonly #owner: MailboxOwner
  /** Present while messages wait. */
  #backlog: Backlog | undefined
  #running = 0
  #held = true
  #isWatched = false
  /** What a promise of a handler calls; made with the first of them. */
  #outcomes: Outcomes | undefined

  constructor(owner: MailboxOwner) {
    this.#owner = owner
  }

  get isIdle(): boolean {
    return this.#running === 0 && !this.#hasBacklog
  }

  /** Handles the message now, or keeps it until it is its turn. */
  push(message: WsMessage): void {
    if (!this.#held && this.#mayRun && !this.#hasBacklog) {
      this.#run(message)
      if (this.#isWatched && this.isIdle) this.#owner.idle()
      return
    }
    const backlog = (this.#backlog ??= new Backlog())
    backlog.push(message, this.#owner.reads)
    if (backlog.isFull || !backlog.isAbove(1, this.#owner.limits.inbox)) return
    backlog.isFull = true
    this.#owner.full()
  }

  /** Somebody waits for `idle`, perhaps from within a handler. */
  watch(): void {
    this.#isWatched = true
  }

  /** Lets the first message through: `onConnect` has settled (rule G11a). */
  open(): void {
    this.#held = false
    this.#drain()
  }

  /** How many handlers run. */
  get running(): number {
    return this.#running
  }

  /** Forgets what is queued, and answers how much that was; handlers that run go on (rule G13b). */
  drop(): number {
    const dropped = this.#backlog?.length ?? 0
    this.#backlog?.clear()
    return dropped
  }

  get #mayRun(): boolean {
    return this.#running === 0 || this.#running < this.#owner.limits.concurrency
  }

  get #hasBacklog(): boolean {
    return this.#backlog !== undefined && !this.#backlog.isEmpty
  }

  #run(message: WsMessage): void {
    this.#running++
    try {
      const result = this.#owner.handle(message)
      if (result !== undefined && result !== taken) {
        if (isThenable(result)) {
          const { settled, rejected } = (this.#outcomes ??= this.#makeOutcomes())
          whenSettled(result, settled, rejected)
          return
        }
        this.#answered(result)
      }
    } catch (error) {
      this.#owner.failed(error)
    }
    this.#running--
  }

  #makeOutcomes(): Outcomes {
    return {
      settled: (answer) => {
        this.#answered(answer)
        this.#next()
      },
      rejected: (error) => {
        this.#owner.failed(error)
        this.#next()
      },
    }
  }

  #next(): void {
    this.#running--
    this.#drain()
    if (this.isIdle) this.#owner.idle()
    else this.#owner.progressed()
  }

  #answered(answer: unknown): void {
    if (answer !== undefined && typeof answer !== "boolean") this.#owner.ignored(answer)
  }

  #drain(): void {
    const backlog = this.#backlog
    if (backlog === undefined) return
    while (this.#mayRun && !backlog.isEmpty) this.#run(backlog.shift())
    if (backlog.isFull && !backlog.isAbove(0.5, this.#owner.limits.inbox)) {
      backlog.isFull = false
      this.#owner.drained()
    }
    if (backlog.isEmpty) this.#backlog = undefined
  }
}
