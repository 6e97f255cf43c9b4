import type { Clock, Timer } from "../clock.ts"

/** A time that runs out, from the moment that it is made. */
export class Countdown {
  readonly #timer: Timer
  readonly #isUp: Promise<void>

  constructor(clock: Clock, milliseconds: number) {
    let runOut = (): void => undefined
    this.#isUp = new Promise((resolve) => (runOut = resolve))
    this.#timer = clock.after(milliseconds, runOut)
  }

  /** Resolves when `promise`, which must not reject, does, or when time is up. */
  async bound(promise: Promise<unknown>): Promise<void> {
    await Promise.race([promise, this.#isUp])
  }

  cancel(): void {
    this.#timer.cancel()
  }
}
