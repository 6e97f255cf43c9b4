import { expect, test } from "vitest"
import { LazySignal } from "./lazy-signal.ts"

test("who asked before the abort is told, once", () => {
  const lazy = new LazySignal()
  let told = 0
  lazy.signal.addEventListener("abort", () => told++)
  lazy.abort()
  lazy.abort()
  expect(told).toBe(1)
  expect(lazy.signal.aborted).toBe(true)
})

test("who asks after the abort finds it aborted", () => {
  const lazy = new LazySignal()
  lazy.abort()
  expect(lazy.signal.aborted).toBe(true)
})

test("everybody gets the same signal", () => {
  const lazy = new LazySignal()
  expect(lazy.signal).toBe(lazy.signal)
})
