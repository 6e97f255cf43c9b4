import { longestDelay, type Clock, type Timer } from "../clock.ts"
import { ToniError } from "../errors.ts"
import { showValue } from "../show-value.ts"
import { isInstance } from "../user-code.ts"

/** Waits for a moment of the calendar, which may be moved (rule G19). */
export class Expiry {
  readonly #clock: Clock
  readonly #expire: () => void
  #timer: Timer | undefined

  constructor(clock: Clock, expire: () => void) {
    this.#clock = clock
    this.#expire = expire
  }

  moveTo(expiresAt: Date | number): void {
    const moment = toMoment(expiresAt)
    this.cancel()
    const left = Math.max(0, moment - this.#clock.date())
    const step = Math.min(left, longestDelay)
    this.#timer = this.#clock.after(step, () => (step < left ? this.moveTo(moment) : this.#expire()))
  }

  cancel(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }
}

/** Milliseconds since 1970; what is no moment, or counts in seconds, throws `TONI_BAD_ARGUMENT`. */
export function toMoment(expiresAt: Date | number): number {
  const moment = isInstance(expiresAt, Date) ? expiresAt.getTime() : expiresAt
  const isSeconds = typeof expiresAt === "number" && looksLikeSeconds(expiresAt)
  if (typeof moment === "number" && !Number.isNaN(moment) && !isSeconds) return moment
  throw new ToniError(
    "TONI_BAD_ARGUMENT",
    `expiresAt is a valid Date, or milliseconds since 1970; got ${showValue(expiresAt)}${isSeconds ? ", which looks like seconds" : ""}.`,
    {
      fix: isSeconds
        ? "Multiply it by 1000: the exp of a JWT counts in seconds."
        : "Pass a Date, or a number such as Date.now() + 3_600_000.",
    },
  )
}

/** From 2017 on in seconds; in milliseconds these numbers are moments before 1973, and nobody means those. */
function looksLikeSeconds(moment: number): boolean {
  return moment >= 1.5e9 && moment < 1e11
}
