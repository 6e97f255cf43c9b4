import { expect, test } from "vitest"
import { idSource, randomPrefix } from "./ids.ts"

test("G17 ids of one process differ by a counter, those of two by their prefix", () => {
  const here = idSource("a")
  const there = idSource("b")
  expect([here(), here(), there()]).toEqual(["a-1", "a-2", "b-1"])
})

test("G17 a prefix is 48 random bits", () => {
  const prefixes = new Set(Array.from({ length: 1_000 }, randomPrefix))
  expect(prefixes.size).toBe(1_000)
  for (const prefix of prefixes) expect(prefix).toMatch(/^[0-9a-f]{12}$/)
})
