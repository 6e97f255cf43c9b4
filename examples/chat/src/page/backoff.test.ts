import { expect, test } from "vitest"
import { backoff } from "./backoff.ts"

test("each failure doubles the wait, up to 15 seconds", () => {
  expect([1, 2, 3, 4, 5, 99].map((failures) => backoff(failures, 1))).toEqual([
    1_000, 2_000, 4_000, 8_000, 15_000, 15_000,
  ])
})

test("chance spreads the wait over its upper half", () => {
  expect([0, 0.5, 1].map((random) => backoff(3, random))).toEqual([2_000, 3_000, 4_000])
})
