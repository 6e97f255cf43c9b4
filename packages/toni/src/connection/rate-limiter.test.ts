import { expect, test } from "vitest"
import { RateLimiter } from "./rate-limiter.ts"

test("G20a a burst is allowed at once, then messages at their average rate", () => {
  const limiter = new RateLimiter({ messages: 10, per: 1_000, burst: 3 }, 0)
  expect([0, 0, 0, 0, 99, 100, 150].map((now) => limiter.take(now, 0))).toEqual([
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
  expect([0, 0, 60_000, 60_000, 60_000].map((now) => limiter.take(now, 0))).toEqual([true, true, true, true, false])
})

/** How many messages are taken at this time. */
function taken(limiter: RateLimiter, now: number, stalled: number): number {
  let count = 0
  while (limiter.take(now, stalled)) count++
  return count
}

test("G20a G21c what a peer sends at its rate while we are held up is within the limit, and no more than that", () => {
  const limiter = new RateLimiter({ messages: 10, per: 1_000, burst: 2 }, 0, 1008, 700)
  expect(taken(limiter, 0, 700)).toBe(2)
  expect(taken(limiter, 12_000, 12_700)).toBe(120)
  expect(taken(limiter, 12_000, 12_700)).toBe(0)
  expect(taken(limiter, 22_000, 12_700)).toBe(2)
})

test("G20a G12c what a peer sends at its rate while we do not read is within the limit, and no more than that", () => {
  const limiter = new RateLimiter({ messages: 10, per: 1_000, burst: 2 }, 0)
  expect(taken(limiter, 0, 0)).toBe(2)
  limiter.paused(100)
  expect(taken(limiter, 100, 0)).toBe(1)
  limiter.resumed(5_100)
  expect(taken(limiter, 5_100, 0)).toBe(50)
  expect(taken(limiter, 60_000, 0)).toBe(2)
})

test("G20a G21c a stall within a pause counts once", () => {
  const limiter = new RateLimiter({ messages: 10, per: 1_000, burst: 2 }, 0)
  expect(taken(limiter, 0, 0)).toBe(2)
  limiter.paused(0)
  limiter.resumed(5_000)
  expect(taken(limiter, 5_000, 5_000)).toBe(50)
})

test.each([
  [{ messages: 1, per: 10_000, burst: 1 }, 10],
  [{ messages: 3, per: 10_000, burst: 3 }, 4],
  [{ messages: 100, per: 1_000, burst: 100 }, 1],
])("G7b over a rate of %o there is room again in %i seconds", (limit, seconds) => {
  const limiter = new RateLimiter(limit, 0)
  taken(limiter, 0, 0)
  expect(limiter.secondsToWait).toBe(seconds)
})
