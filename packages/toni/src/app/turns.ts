import type { Clock, Timer } from "../clock.ts"

/** With how many members something is done in one turn of the event loop. */
const perTurn = 64

/**
 * Does something with many, a share in each turn of the event loop, so that everybody else is served meanwhile. It has
 * one timer at most; when it is cancelled, what is waited for here never comes.
 */
export class Turns {
  readonly #clock: Clock
  #timer: Timer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The first share within this call; `pause` says how many milliseconds lie before the next one. */
  async each<Member>(
    members: readonly Member[],
    act: (member: Member) => void,
    pause = (): number => 0,
  ): Promise<void> {
    for (let from = 0; from < members.length; from += perTurn) {
      if (from > 0) await this.after(pause())
      for (const member of members.slice(from, from + perTurn)) act(member)
    }
  }

  async after(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => (this.#timer = this.#clock.after(milliseconds, resolve)))
  }

  cancel(): void {
    this.#timer?.cancel()
  }
}
