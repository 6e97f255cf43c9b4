import type { RateLimit } from "./connection-options.ts"

/** A token bucket: `messages` per `per` milliseconds on average, up to `burst` at once. */
export class RateLimiter {
  /** The close code for who goes over it. */
  readonly code: 1008 | 4429
  readonly #limit: RateLimit
  #tokens: number
  #at: number

  constructor(limit: RateLimit, now: number, code: 1008 | 4429 = 1008) {
    this.code = code
    this.#limit = limit
    this.#tokens = limit.burst
    this.#at = now
  }

  /** Whether one more message is within the limit. */
  take(now: number): boolean {
    const { messages, per, burst } = this.#limit
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) * messages) / per)
    this.#at = now
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}
