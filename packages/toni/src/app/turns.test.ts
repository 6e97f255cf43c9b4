import { expect, test } from "vitest"
import { TestClock } from "../testing/test-clock.ts"
import { Turns } from "./turns.ts"

/** Members that are counted as it is their turn. */
function stage(count: number) {
  const clock = new TestClock()
  const turns = new Turns(clock)
  const done: number[] = []
  const members = Array.from({ length: count }, (_, index) => index)
  return { clock, turns, done, members, act: (member: number) => void done.push(member) }
}

test("G21a of many, 64 have their turn at once and 64 in each turn that follows, without waiting", async () => {
  const { clock, turns, done, members, act } = stage(150)
  const all = turns.each(members, act)
  expect([done.length, clock.timers]).toEqual([64, 1])
  await clock.advance(0)
  await all
  expect([done, clock.timers]).toEqual([members, 0])
})

test("G21a 64 are done when they have had their turn: no timer is set", async () => {
  const { clock, turns, done, members, act } = stage(64)
  const all = turns.each(members, act)
  expect([done.length, clock.timers]).toEqual([64, 0])
  await all
})

test("G21a between the turns as much time passes as is asked for", async () => {
  const { clock, turns, done, members, act } = stage(65)
  const all = turns.each(members, act, () => 10)
  await clock.advance(9)
  expect(done).toHaveLength(64)
  await clock.advance(1)
  await all
  expect(done).toEqual(members)
})

test("G21a once it is cancelled nobody has a turn any more, and no timer is left", async () => {
  const { clock, turns, done, members, act } = stage(150)
  void turns.each(members, act)
  turns.cancel()
  expect(clock.timers).toBe(0)
  await clock.advance(1_000)
  expect(done).toHaveLength(64)
})
