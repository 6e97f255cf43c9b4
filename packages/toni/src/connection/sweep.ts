import type { Clock, Timer } from "../clock.ts"
import { Roster } from "../roster.ts"

/** How often all connections are looked at, in milliseconds; deadlines hold within it (rule G20b). */
const period = 1_000

export interface Swept {
  sweep(now: number): void
}

/** One timer for all connections; none while there are none. */
export class Sweep {
  readonly #clock: Clock
  readonly #members = new Roster<Swept, Swept>()
  #timer: Timer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(member: Swept): void {
    this.#members.add(member, member)
    this.#timer ??= this.#clock.after(period, this.#run)
  }

  delete(member: Swept): void {
    this.#members.delete(member)
    if (this.#members.size > 0) return
    this.#timer?.cancel()
    this.#timer = undefined
  }

  readonly #run = (): void => {
    this.#timer = this.#clock.after(period, this.#run)
    const now = this.#clock.now()
    for (const member of this.#members) member.sweep(now)
  }
}
