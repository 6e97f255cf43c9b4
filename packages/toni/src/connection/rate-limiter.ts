import type { RateLimit } from "./connection-options.ts"

/**
 * A token bucket: `messages` per `per` milliseconds on average, up to `burst` at once. Time in which we did not read
 * counts in full: what a peer sends meanwhile, at its rate, comes all at once afterwards (rules G12c and G21c).
 */
export class RateLimiter {
  /** The close code for who goes over it. */
  readonly code: 1008 | 4429
  readonly #limit: RateLimit
  #tokens: number
  #at: number
  /** As far as it has been counted. */
  #stalled: number
  #pausedAt = 0
  /** Milliseconds of pauses that have not been counted. */
  #paused = 0

  /** Times are in milliseconds; `stalled` is how long our process has been held up, in all. */
  constructor(limit: RateLimit, now: number, code: 1008 | 4429 = 1008, stalled = 0) {
    this.code = code
    this.#limit = limit
    this.#tokens = limit.burst
    this.#at = now
    this.#stalled = stalled
  }

  /** Whether one more message is within the limit. */
  take(now: number, stalled: number): boolean {
    const { messages, per, burst } = this.#limit
    const elapsed = now - this.#at
    const unread = Math.min(elapsed, stalled - this.#stalled + this.#paused)
    const refilled = Math.min(burst, this.#tokens + ((elapsed - unread) * messages) / per)
    this.#tokens = Math.max(this.#tokens, refilled) + (unread * messages) / per
    this.#at = now
    this.#stalled = stalled
    this.#paused = 0
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }

  /** Nothing is read from now on. */
  paused(now: number): void {
    this.#pausedAt = now
  }

  resumed(now: number): void {
    this.#paused += now - this.#pausedAt
  }

  /** In how many seconds there is room for a message again, rounded up. */
  get secondsToWait(): number {
    const { messages, per } = this.#limit
    return Math.ceil(((1 - this.#tokens) * per) / messages / 1_000)
  }
}
