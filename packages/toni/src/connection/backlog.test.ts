import { expect, test } from "vitest"
import { WsMessage } from "../message/ws-message.ts"
import { Backlog } from "./backlog.ts"

const message = (number: number): WsMessage => WsMessage.json(number)

test("G12c thousands of messages come out as they went in, also while others come behind them", () => {
  const backlog = new Backlog()
  const out: unknown[] = []
  for (let number = 0; number < 2_500; number++) backlog.push(message(number))
  for (let number = 2_500; number < 5_000; number++) {
    out.push(backlog.shift().asJson())
    backlog.push(message(number))
  }
  while (!backlog.isEmpty) out.push(backlog.shift().asJson())
  expect(out).toEqual(Array.from({ length: 5_000 }, (_, number) => number))
  expect(backlog.length).toBe(0)
})

test("G12c messages and bytes count what waits, and not what has gone", () => {
  const backlog = new Backlog()
  const limits = { messages: 4, bytes: 100 }
  for (let count = 0; count < 4; count++) backlog.push(WsMessage.text("x".repeat(10)))
  expect([backlog.isAbove(1, limits), backlog.length]).toEqual([true, 4])
  backlog.shift()
  expect([backlog.isAbove(1, limits), backlog.isAbove(0.75, limits)]).toEqual([false, true])
  backlog.push(WsMessage.text("x".repeat(70)))
  backlog.shift()
  expect([backlog.isAbove(1, { messages: 9, bytes: 90 }), backlog.isAbove(1, { messages: 9, bytes: 91 })]).toEqual([
    true,
    false,
  ])
  backlog.clear()
  expect([backlog.isEmpty, backlog.isAbove(0.01, limits)]).toEqual([true, false])
})

test("G12c messages count with the memory that they hold alive, once for all that lie in it one behind the other", () => {
  const backlog = new Backlog()
  const isAbove = (bytes: number): boolean => backlog.isAbove(1, { messages: 99, bytes })
  const read = new Uint8Array(1_000)
  const another = new Uint8Array(200)
  const within = (memory: Uint8Array, start: number): WsMessage => WsMessage.binary(memory.subarray(start, start + 1))
  backlog.push(within(read, 0))
  backlog.push(within(read, 9))
  expect([isAbove(1_000), isAbove(1_001)]).toEqual([true, false])
  backlog.push(within(another, 0))
  expect([isAbove(1_200), isAbove(1_201)]).toEqual([true, false])
  backlog.shift()
  expect([isAbove(1_200), isAbove(1_201)]).toEqual([true, false])
  backlog.shift()
  expect([isAbove(200), isAbove(201)]).toEqual([true, false])
  backlog.push(within(read, 0))
  expect([isAbove(1_200), isAbove(1_201)]).toEqual([true, false])
})
