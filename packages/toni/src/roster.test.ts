import fc from "fast-check"
import { expect, test } from "vitest"
import { Roster } from "./roster.ts"

test("a roster is a map, however many come and go", () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(20)), { maxLength: 5_000, size: "max" })
  fc.assert(
    fc.property(steps, (taken) => {
      const roster = new Roster<number, string>()
      const map = new Map<number, string>()
      for (const [comes, key] of taken) {
        if (comes) roster.add(key, `member ${key}`)
        else roster.delete(key)
        if (comes) map.set(key, `member ${key}`)
        else map.delete(key)
      }
      expect([...roster]).toEqual([...map.values()])
      expect([roster.size, roster.has(7), roster.get(7)]).toEqual([map.size, map.has(7), map.get(7)])
    }),
    { numRuns: 20 },
  )
})

test("those who stay keep their order while thousands come and go beside them", () => {
  const roster = new Roster<number, number>()
  for (const key of [3, 1, 2]) roster.add(key, key)
  for (let key = 10; key < 10_010; key++) {
    roster.add(key, key)
    roster.delete(key)
  }
  expect([...roster]).toEqual([3, 1, 2])
})

test("everybody who stays is met, also when thousands leave while the roster is walked through", () => {
  const roster = new Roster<number, number>()
  for (let key = 0; key < 5_000; key++) roster.add(key, key)
  const met: number[] = []
  for (const key of roster) {
    met.push(key)
    if (key % 2 === 0) roster.delete(key)
  }
  expect(met.filter((key) => key % 2 === 1)).toHaveLength(2_500)
  expect([...roster]).toEqual(met.filter((key) => key % 2 === 1))
})
