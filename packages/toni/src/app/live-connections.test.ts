import fc from "fast-check"
import { expect, test } from "vitest"
import type { Connection } from "../connection/connection.ts"
import { LiveConnections } from "./live-connections.ts"

/** As much of a connection as its seat. */
const connection = (): Connection => ({ seat: -1 }) as unknown as Connection

test("G14 who came and has not gone is live, in whatever order they come and go", () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(30)), { maxLength: 200, size: "max" })
  fc.assert(
    fc.property(steps, (taken) => {
      const live = new LiveConnections()
      const wanted = new Set<Connection>()
      for (const [comes, which] of taken) {
        const member = comes ? connection() : [...wanted][which % Math.max(1, wanted.size)]
        if (member === undefined) continue
        if (comes) live.add(member)
        else live.delete(member)
        if (comes) wanted.add(member)
        else wanted.delete(member)
        expect(live.size).toBe(wanted.size)
      }
      expect(new Set(live)).toEqual(wanted)
    }),
  )
})

test("G21a whoever goes while the others are walked through keeps nobody from being met", () => {
  const live = new LiveConnections()
  const members = Array.from({ length: 10 }, connection)
  for (const member of members) live.add(member)
  const met: Connection[] = []
  for (const member of live) {
    met.push(member)
    live.delete(member)
  }
  expect(met).toEqual(members)
  expect(live.size).toBe(0)
})

test("G21b who waits for the last one to go is told", async () => {
  const live = new LiveConnections()
  const [first, second] = [connection(), connection()]
  live.add(first)
  live.add(second)
  const empty = live.whenEmpty()
  live.delete(first)
  live.delete(second)
  await empty
  expect(live.size).toBe(0)
})
