import { expect, test } from "vitest"
import { TestClock } from "../testing/test-clock.ts"
import { ReasonLog, type LogLine } from "./reason-log.ts"

function stage() {
  const clock = new TestClock()
  const lines: string[] = []
  const write: LogLine = (level, fields, message) => void lines.push(`${level} ${message} ${JSON.stringify(fields)}`)
  const log = new ReasonLog(clock, write, { one: "Handshake refused", more: "More handshakes refused" })
  const refuse = (reason: string, times: number): void => {
    for (let count = 0; count < times; count++) log.write({ reason, fields: { reason } })
  }
  return { clock, lines, log, refuse }
}

test("ten lines a second are written for a reason, and of the rest how many they were", async () => {
  const { clock, lines, refuse } = stage()
  refuse("full", 10_000)
  expect(lines).toEqual(Array(10).fill('info Handshake refused {"reason":"full"}'))
  await clock.advance(999)
  expect(lines).toHaveLength(10)
  await clock.advance(1)
  expect(lines.slice(10)).toEqual(['info More handshakes refused {"reason":"full","count":9990}'])
  expect(clock.timers).toBe(0)
  refuse("full", 1)
  expect(lines).toHaveLength(12)
})

test("the second of a reason begins with its first line", async () => {
  const { clock, lines, refuse } = stage()
  refuse("full", 10)
  await clock.advance(600)
  refuse("full", 5)
  await clock.advance(399)
  expect(lines).toHaveLength(10)
  await clock.advance(1)
  expect(lines.slice(10)).toEqual(['info More handshakes refused {"reason":"full","count":5}'])
})

test("ten in a second are all there is to say, and no timer waits", async () => {
  const { clock, lines, refuse } = stage()
  refuse("full", 10)
  expect(clock.timers).toBe(0)
  await clock.advance(1_000)
  refuse("full", 10)
  expect(lines).toHaveLength(20)
})

test("one reason does not hide another, and a warning stays one", () => {
  const { lines, log, refuse } = stage()
  refuse("full", 50)
  log.write({ reason: "origin", level: "warn", fields: {} })
  expect(lines.at(-1)).toBe("warn Handshake refused {}")
})

test("at the end what was not said is said, once, and no timer is left", async () => {
  const { clock, lines, log, refuse } = stage()
  refuse("full", 12)
  log.end()
  expect(clock.timers).toBe(0)
  log.end()
  await clock.advance(2_000)
  expect(lines.slice(10)).toEqual(['info More handshakes refused {"reason":"full","count":2}'])
  expect(clock.timers).toBe(0)
})
