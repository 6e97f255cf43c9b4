import fc from "fast-check"
import { expect, test } from "vitest"
import { Slots } from "./slots.ts"

test("G9b at maxConnections the next is turned away, until one leaves", () => {
  const slots = new Slots({ maxConnections: 2, maxConnectionsPerAddress: Infinity })
  expect([slots.take("a"), slots.take("a"), slots.take("b")]).toEqual(["taken", "taken", "full"])
  slots.release("a")
  expect([slots.take("b"), slots.taken]).toEqual(["taken", 2])
})

test("G5a at maxConnectionsPerAddress the next of that address is turned away, others are not", () => {
  const slots = new Slots({ maxConnections: Infinity, maxConnectionsPerAddress: 1 })
  expect([slots.take("a"), slots.take("a"), slots.take("b")]).toEqual(["taken", "address-full", "taken"])
  slots.release("a")
  expect(slots.take("a")).toBe("taken")
})

test("G5a when one of several of an address leaves, those who stay still count", () => {
  const slots = new Slots({ maxConnections: Infinity, maxConnectionsPerAddress: 2 })
  expect([slots.take("a"), slots.take("a")]).toEqual(["taken", "taken"])
  slots.release("a")
  expect([slots.take("a"), slots.take("a")]).toEqual(["taken", "address-full"])
})

test("G9b who is turned away holds nothing", () => {
  const slots = new Slots({ maxConnections: 1, maxConnectionsPerAddress: 1 })
  slots.take("a")
  expect([slots.take("a"), slots.take("b"), slots.taken]).toEqual(["full", "full", 1])
  slots.release("a")
  expect([slots.take("b"), slots.taken]).toEqual(["taken", 1])
})

test("G5a peers without an address, as those of a Unix domain socket, are counted in all and not as one address", () => {
  const slots = new Slots({ maxConnections: 3, maxConnectionsPerAddress: 1 })
  expect([slots.take(""), slots.take(""), slots.take("")]).toEqual(["taken", "taken", "taken"])
  expect(slots.take("")).toBe("full")
  slots.release("")
  expect([slots.take(""), slots.taken]).toEqual(["taken", 3])
})

test("G9b whatever comes and goes, the counts are those of a list, and no limit is passed", () => {
  const limit = fc.constantFrom(1, 2, 3, Infinity)
  const act = fc.record({ leaves: fc.boolean(), address: fc.constantFrom("a", "b", "c") })
  fc.assert(
    fc.property(
      limit,
      limit,
      fc.array(act, { maxLength: 100, size: "max" }),
      (maxConnections, maxConnectionsPerAddress, acts) => {
        const slots = new Slots({ maxConnections, maxConnectionsPerAddress })
        const inside: string[] = []
        for (const { leaves, address } of acts) {
          const place = inside.indexOf(address)
          if (leaves && place < 0) continue
          const same = inside.filter((each) => each === address).length
          const room = same >= maxConnectionsPerAddress ? "address-full" : "taken"
          const expected = leaves ? undefined : inside.length >= maxConnections ? "full" : room
          expect(leaves ? slots.release(address) : slots.take(address)).toBe(expected)
          if (leaves) inside.splice(place, 1)
          else if (expected === "taken") inside.push(address)
          expect(slots.taken).toBe(inside.length)
        }
      },
    ),
  )
})
