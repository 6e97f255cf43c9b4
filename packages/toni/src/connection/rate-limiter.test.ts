import { expect, test } from "vitest"
import { RateLimiter } from "./rate-limiter.ts"

test("G20a a burst is allowed at once, then messages at their average rate", () => {
  const limiter = new RateLimiter({ messages: 10, per: 1_000, burst: 3 }, 0)
  expect([0, 0, 0, 0, 99, 100, 150].map((now) => limiter.take(now))).toEqual([
    true,
    true,
    true,
    false,
    false,
    true,
    false,
  ])
})

test("G20a a long silence refills no more than a burst", () => {
  const limiter = new RateLimiter({ messages: 10, per: 1_000, burst: 2 }, 0)
  expect([0, 0, 60_000, 60_000, 60_000].map((now) => limiter.take(now))).toEqual([true, true, true, true, false])
})
