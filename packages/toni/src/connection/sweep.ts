import type { Clock, Timer } from "../clock.ts"

/** How often all connections are looked at, in milliseconds; deadlines hold within it (rule G20b). */
const period = 1_000

export interface Swept {
  sweep(now: number): void
}

/** One timer for all connections; to be stopped while there are none. */
export class Sweep {
  readonly #clock: Clock
  readonly #members: Iterable<Swept>
  #timer: Timer | undefined

  constructor(clock: Clock, members: Iterable<Swept>) {
    this.#clock = clock
    this.#members = members
  }

  /** Does nothing when it has been started. */
  start(): void {
    this.#timer ??= this.#clock.after(period, this.#run)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  readonly #run = (): void => {
    this.#timer = this.#clock.after(period, this.#run)
    const now = this.#clock.now()
    for (const member of this.#members) member.sweep(now)
  }
}
