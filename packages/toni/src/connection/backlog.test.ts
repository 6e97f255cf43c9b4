import fc from "fast-check"
import { expect, test } from "vitest"
import { WsMessage } from "../message/ws-message.ts"
import { Backlog } from "./backlog.ts"

const message = (number: number): WsMessage => WsMessage.json(number)

test("G12c thousands of messages come out as they went in, also while others come behind them", () => {
  const backlog = new Backlog()
  const out: unknown[] = []
  for (let number = 0; number < 2_500; number++) backlog.push(message(number), number)
  for (let number = 2_500; number < 5_000; number++) {
    out.push(backlog.shift().asJson())
    backlog.push(message(number), number)
  }
  while (!backlog.isEmpty) out.push(backlog.shift().asJson())
  expect(out).toEqual(Array.from({ length: 5_000 }, (_, number) => number))
  expect(backlog.length).toBe(0)
})

test("G12c messages and bytes count what waits, and not what has gone", () => {
  const backlog = new Backlog()
  const limits = { messages: 4, bytes: 100 }
  for (let count = 0; count < 4; count++) backlog.push(WsMessage.text("x".repeat(10)), count)
  expect([backlog.isAbove(1, limits), backlog.length]).toEqual([true, 4])
  backlog.shift()
  expect([backlog.isAbove(1, limits), backlog.isAbove(0.75, limits)]).toEqual([false, true])
  backlog.push(WsMessage.text("x".repeat(70)), 5)
  backlog.shift()
  expect([backlog.isAbove(1, { messages: 9, bytes: 90 }), backlog.isAbove(1, { messages: 9, bytes: 91 })]).toEqual([
    true,
    false,
  ])
  backlog.clear()
  expect([backlog.isEmpty, backlog.isAbove(0.01, limits)]).toEqual([true, false])
})

test("G12c messages that wait for longer than a read count with the memory that they hold alive, once for all in it", () => {
  const backlog = new Backlog()
  const isAbove = (bytes: number): boolean => backlog.isAbove(1, { messages: 99, bytes })
  const read = new Uint8Array(1_000)
  const another = new Uint8Array(200)
  const within = (memory: Uint8Array, start: number): WsMessage => WsMessage.binary(memory.subarray(start, start + 1))
  backlog.push(within(read, 0), 1)
  backlog.push(within(read, 9), 1)
  expect([isAbove(2), isAbove(3)]).toEqual([true, false])
  backlog.push(within(another, 0), 2)
  expect([isAbove(1_001), isAbove(1_002)]).toEqual([true, false])
  backlog.push(within(another, 1), 3)
  expect([isAbove(1_201), isAbove(1_202)]).toEqual([true, false])
  backlog.shift()
  expect([isAbove(1_201), isAbove(1_202)]).toEqual([true, false])
  backlog.shift()
  expect([isAbove(201), isAbove(202)]).toEqual([true, false])
  backlog.shift()
  expect([isAbove(1), isAbove(202)]).toEqual([true, false])
  backlog.push(within(read, 0), 4)
  backlog.push(within(read, 0), 5)
  backlog.push(within(read, 0), 6)
  expect([isAbove(1_201), isAbove(1_202)]).toEqual([true, false])
})

test("G12c what waits counts for nothing once it has gone, in whatever reads it came", () => {
  const memory = [new Uint8Array(64), new Uint8Array(4_096), new Uint8Array(100)]
  const step = fc.record({
    shifts: fc.nat(3),
    read: fc.nat(4),
    memory: fc.nat(2),
    length: fc.integer({ min: 1, max: 9 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const backlog = new Backlog()
      for (const each of steps) {
        backlog.push(WsMessage.binary((memory[each.memory] as Uint8Array).subarray(0, each.length)), each.read)
        // One is left, since an empty backlog begins anew.
        for (let count = 0; count < each.shifts && backlog.length > 1; count++) backlog.shift()
      }
      backlog.push(WsMessage.binary(Uint8Array.of(1)), -1)
      backlog.push(WsMessage.binary(Uint8Array.of(1)), -2)
      while (backlog.length > 1) backlog.shift()
      const isAbove = (bytes: number): boolean => backlog.isAbove(1, { messages: 99, bytes })
      expect([isAbove(1), isAbove(2)]).toEqual([true, false])
    }),
  )
})
