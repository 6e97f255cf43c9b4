import { expect, test } from "vitest"
import { TestClock } from "../testing/test-clock.ts"
import { rejection } from "./unawaited.ts"

const error = new Error("too many")

/** What becomes of a rejection with which `use` does something. */
async function isUnheardAfter(use: (promise: Promise<never>) => unknown): Promise<boolean> {
  const clock = new TestClock()
  let isUnheard = false
  const promise = rejection(error, clock, () => (isUnheard = true))
  use(promise)
  await clock.advance(0)
  expect(clock.timers).toBe(0)
  return isUnheard
}

test("H5b a rejection that nobody asks for is told of, and is not unhandled", async () => {
  const unhandled: unknown[] = []
  const listener = (reason: unknown): void => void unhandled.push(reason)
  process.on("unhandledRejection", listener)
  expect(await isUnheardAfter(() => undefined)).toBe(true)
  process.off("unhandledRejection", listener)
  expect(unhandled).toEqual([])
})

test.each<[string, (promise: Promise<never>) => unknown]>([
  ["awaited", (promise) => asyncly(async () => promise)],
  ["returned from an async function", (promise) => asyncly(async () => promise)],
  ["caught", (promise) => promise.catch(() => undefined)],
  ["finally", (promise) => promise.finally(() => undefined).catch(() => undefined)],
  ["one of many", (promise) => Promise.allSettled([Promise.resolve(), promise])],
  ["wrapped", (promise) => Promise.resolve(promise).catch(() => undefined)],
  ["awaited a few promises later", (promise) => asyncly(() => Promise.resolve().then(() => promise))],
])("H5b a rejection that is %s is its caller's", async (_how, use) => {
  expect(await isUnheardAfter(use)).toBe(false)
})

test("H5b it rejects with the error, and what its methods answer are promises like any other", async () => {
  const promise = rejection(error, new TestClock(), () => undefined)
  await expect(promise).rejects.toBe(error)
  expect(promise).toBeInstanceOf(Promise)
  expect(Object.getPrototypeOf(promise.catch(() => undefined))).toBe(Promise.prototype)
})

function asyncly(run: () => Promise<unknown>): void {
  run().catch(() => undefined)
}
