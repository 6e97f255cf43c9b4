import { expect, test } from "vitest"
import { newCounters } from "../connection/counters.ts"
import { TestClock } from "../testing/test-clock.ts"
import { fileShortage } from "./file-shortage.ts"

test("that files run out is counted each time, and warned of once a minute, with the limit's name", async () => {
  const clock = new TestClock()
  const counters = newCounters()
  const warnings: unknown[] = []
  const ignore = (): void => undefined
  const warn = (fields: unknown): void => void warnings.push(fields)
  const tell = fileShortage(clock, counters, { debug: ignore, info: ignore, warn, error: ignore })
  for (let second = 0; second < 61; second++) {
    tell("ulimit -n")
    await clock.advance(1_000)
  }
  expect([counters.outOfFiles, warnings]).toEqual([61, [{ limit: "ulimit -n" }, { limit: "ulimit -n" }]])
})
