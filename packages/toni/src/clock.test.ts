import { expect, test } from "vitest"
import { stallProof } from "./clock.ts"
import { TestClock } from "./testing/test-clock.ts"

/** A clock on a clock that tests move, and when its timers have run. */
function staged() {
  const inner = new TestClock()
  const clock = stallProof(inner)
  const ran: number[] = []
  return { inner, clock, ran, after: (milliseconds: number) => clock.after(milliseconds, () => ran.push(inner.now())) }
}

test("G21c a timer that is not late runs at its time", async () => {
  const { inner, clock, ran, after } = staged()
  after(1_000)
  after(5_000)
  await inner.advance(10_000)
  expect(ran).toEqual([1_000, 5_000])
  expect([clock.now(), clock.date()]).toEqual([inner.now(), inner.date()])
  expect(inner.timers).toBe(0)
})

test("G21c a little late is not held up: the timer runs at once", async () => {
  const { inner, ran, after } = staged()
  after(1_000)
  inner.stall(1_500)
  await inner.advance(0)
  expect(ran).toEqual([1_500])
})

test.each([
  ["as much as it came late", 10_000, 12_000, 14_000],
  ["its own delay at the most", 1_000, 12_000, 13_000],
  ["a moment for reading at the least", 0, 12_000, 12_050],
])("G21c a timer that was held up runs later by %s", async (_what, delay, stall, at) => {
  const { inner, ran, after } = staged()
  after(delay)
  inner.stall(stall)
  await inner.advance(at - stall - 1)
  expect(ran).toEqual([])
  await inner.advance(1)
  expect(ran).toEqual([at])
})

test("G21c a timer comes back once: a process that stalls again and again still has deadlines", async () => {
  const { inner, ran, after } = staged()
  after(1_000)
  inner.stall(3_000)
  await inner.advance(0)
  inner.stall(3_000)
  await inner.advance(0)
  expect(ran).toEqual([6_000])
})

test("G21c a timer can be cancelled before it was held up, and after", async () => {
  const { inner, ran, after } = staged()
  after(1_000).cancel()
  const late = after(1_000)
  inner.stall(12_000)
  await inner.advance(0)
  expect(inner.timers).toBe(1)
  late.cancel()
  late.cancel()
  await inner.advance(20_000)
  expect([ran, inner.timers]).toEqual([[], 0])
})
