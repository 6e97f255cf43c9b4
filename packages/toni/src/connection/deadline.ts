import type { Clock, Timer } from "../clock.ts"

/** One timer at a time: setting it again replaces the one before. */
export class Deadline {
  readonly #clock: Clock
  #timer: Timer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  set(milliseconds: number, task: () => void): void {
    this.clear()
    this.#timer = this.#clock.after(milliseconds, task)
  }

  clear(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }
}
