import fc from "fast-check"
import { expect, test } from "vitest"
import { stallProof } from "../clock.ts"
import { TestClock } from "../testing/test-clock.ts"
import { Sweep } from "./sweep.ts"

/** So many members, and when each was looked at, by the sweep's own time. */
function staged(count: number) {
  const inner = new TestClock()
  const members = Array.from({ length: count }, () => {
    const seen: number[] = []
    return { seen, sweep: (time: number) => void seen.push(time) }
  })
  const seats = {
    get size() {
      return members.length
    },
    at: (seat: number) => members[seat],
  }
  const sweep = new Sweep(stallProof(inner), seats)
  return { inner, members, sweep }
}

test("G20b everybody is looked at once a second, from a second after the start", async () => {
  const { inner, members, sweep } = staged(3)
  sweep.start()
  sweep.start()
  await inner.advance(3_999)
  for (const { seen } of members) expect(seen).toEqual([1_000, 2_000, 3_000])
  expect(inner.timers).toBe(1)
})

test("G20b a sweep that was stopped, because all had left, starts again with the next who comes", async () => {
  const { inner, members, sweep } = staged(1)
  sweep.start()
  await inner.advance(1_500)
  sweep.stop()
  expect(inner.timers).toBe(0)
  await inner.advance(5_000)
  sweep.start()
  await inner.advance(1_000)
  expect(members[0]?.seen).toEqual([1_000, 7_500])
})

test("G20b of many, no more than five hundred are looked at in one turn, and each once a second", async () => {
  const { inner, members, sweep } = staged(19_000)
  sweep.start()
  await inner.advance(3_500)
  const turns = new Map<number, number>()
  for (const { seen } of members) for (const time of seen) turns.set(time, (turns.get(time) ?? 0) + 1)
  expect(Math.max(...turns.values())).toBe(500)
  const gaps = members.flatMap(({ seen }) => seen.slice(1).map((time, index) => time - (seen[index] ?? 0)))
  expect(gaps.every((gap) => Math.abs(gap - 1_000) <= 1)).toBe(true)
  expect(members.every(({ seen }) => seen.length >= 2)).toBe(true)
})

test("G20b five hundred and one take two turns", async () => {
  const { inner, members, sweep } = staged(501)
  sweep.start()
  await inner.advance(1_000)
  expect(members.filter(({ seen }) => seen.length === 1)).toHaveLength(251)
})

test("G20b whoever comes and goes meanwhile, nobody who stays is left out for more than two seconds", async () => {
  const change = fc.record({ after: fc.integer({ min: 1, max: 400 }), leaves: fc.nat(5_000), comes: fc.nat(600) })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4_000 }),
      fc.array(change, { maxLength: 12, size: "max" }),
      async (count, changes) => {
        const { inner, members, sweep } = staged(count)
        const stays = members[0]
        sweep.start()
        for (const { after, leaves, comes } of changes) {
          await inner.advance(after)
          for (let index = 0; index < comes; index++) members.push({ seen: [], sweep: () => undefined })
          // The last one takes the seat of who leaves; the one that is watched stays.
          const seat = leaves % members.length
          const last = members.pop()
          if (last === stays || (seat < members.length && members[seat] === stays)) members.push(last as never)
          else if (seat < members.length) members[seat] = last as never
        }
        await inner.advance(2_100)
        const times = [0, ...(stays?.seen ?? []), Math.trunc(sweep.now())]
        const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
        expect(Math.max(...gaps)).toBeLessThanOrEqual(2_100)
      },
    ),
    { numRuns: 25 },
  )
})

test("G21c a stall is no time: who is looked at behind it has heard nothing of it", async () => {
  const { inner, members, sweep } = staged(1)
  sweep.start()
  await inner.advance(1_500)
  inner.stall(12_000)
  await inner.advance(0)
  expect(members[0]?.seen).toEqual([1_000])
  await inner.advance(1_000)
  expect(members[0]?.seen).toEqual([1_000, 2_000])
  expect(sweep.now()).toBe(2_000)
})
