import { expect, test } from "vitest"
import type { Clock } from "../clock.ts"
import { longestDelay } from "../clock.ts"
import { ToniError } from "../errors.ts"
import { TestClock } from "../testing/test-clock.ts"
import { Expiry, toMoment } from "./expiry.ts"

const start = Date.UTC(2026, 0, 1)
const day = 86_400_000

test("G19 it expires at its moment, a date or a number, once", async () => {
  for (const moment of [new Date(start + 1_000), start + 1_000]) {
    const clock = new TestClock(start)
    let expired = 0
    new Expiry(clock, () => expired++).moveTo(moment)
    await clock.advance(999)
    expect(expired).toBe(0)
    await clock.advance(10_000)
    expect(expired).toBe(1)
    expect(clock.timers).toBe(0)
  }
})

test("G19 a moment that has passed comes at once, but not within the call", async () => {
  const clock = new TestClock(start)
  let expired = 0
  new Expiry(clock, () => expired++).moveTo(start - day)
  expect(expired).toBe(0)
  await clock.advance(0)
  expect(expired).toBe(1)
})

test("G19 a moment further away than any timer reaches is waited for in steps", async () => {
  const delays: number[] = []
  const inner = new TestClock(start)
  const clock: Clock = {
    now: () => inner.now(),
    date: () => inner.date(),
    after(milliseconds, task) {
      delays.push(milliseconds)
      return inner.after(milliseconds, task)
    },
  }
  let expired = 0
  new Expiry(clock, () => expired++).moveTo(start + 60 * day)
  await inner.advance(60 * day - 1)
  expect(expired).toBe(0)
  await inner.advance(1)
  expect(expired).toBe(1)
  expect(delays).toEqual([longestDelay, longestDelay, 60 * day - 2 * longestDelay])
})

test("G19 a moment that never comes keeps one timer and no more", async () => {
  const clock = new TestClock(start)
  let expired = 0
  const expiry = new Expiry(clock, () => expired++)
  expiry.moveTo(Infinity)
  await clock.advance(longestDelay * 3)
  expect(expired).toBe(0)
  expect(clock.timers).toBe(1)
  expiry.cancel()
  expect(clock.timers).toBe(0)
})

test("G19 moving it, later or earlier, forgets the moment before", async () => {
  const clock = new TestClock(start)
  const at: number[] = []
  const expiry = new Expiry(clock, () => at.push(clock.now()))
  expiry.moveTo(start + 1_000)
  expiry.moveTo(start + 5_000)
  await clock.advance(2_000)
  expiry.moveTo(start + 3_000)
  await clock.advance(10_000)
  expect(at).toEqual([3_000])
})

test("G19 what is no moment throws, and leaves the moment before", async () => {
  const clock = new TestClock(start)
  let expired = 0
  const expiry = new Expiry(clock, () => expired++)
  expiry.moveTo(start + 1_000)
  for (const wrong of [NaN, new Date("no"), "2027", null, undefined, {}]) {
    expect(() => expiry.moveTo(wrong as number)).toThrow(expect.objectContaining({ code: "TONI_BAD_ARGUMENT" }))
    expect(() => toMoment(wrong as number)).toThrow(ToniError)
  }
  await clock.advance(1_000)
  expect(expired).toBe(1)
})

test("G19 a moment in seconds, as in a JWT, is refused with what to do: it would have passed in 1970", () => {
  const exp = Date.UTC(2026, 10, 28) / 1_000
  expect(() => toMoment(exp)).toThrow(expect.objectContaining({ fix: expect.stringContaining("Multiply it by 1000") }))
  expect(toMoment(exp * 1_000)).toBe(Date.UTC(2026, 10, 28))
  expect([0, 1e9, 1e11].map(toMoment)).toEqual([0, 1e9, 1e11])
  expect(toMoment(new Date(exp))).toBe(exp)
})
