/* oxlint-disable unicorn/no-thenable -- what is tested is how such objects are treated */
import { expect, test } from "vitest"
import { callUserCode, whenSettled } from "./user-code.ts"

const failure = new Error("of the user")

test("G16b what a function of the user throws is handed on, and goes no further", () => {
  const failures: unknown[] = []
  callUserCode(
    () => {
      throw failure
    },
    (error) => failures.push(error),
  )
  expect(failures).toEqual([failure])
})

test.each([
  ["a promise", Promise.reject.bind(Promise) as (error: Error) => unknown],
  [
    "something like a promise",
    (error: Error) => ({ then: (_: unknown, reject: (error: Error) => void) => reject(error) }),
  ],
  [
    "a callable promise",
    (error: Error) => Object.assign(() => 1, { then: (_: unknown, no: (error: Error) => void) => no(error) }),
  ],
])("G16b what %s of the user rejects with is handed on, and goes no further", async (_what, reject) => {
  const told = await new Promise((failed) => callUserCode(() => reject(failure), failed))
  expect(told).toBe(failure)
})

test("G16b an answer whose `then` cannot even be read is a failure like any other", () => {
  const failures: unknown[] = []
  const answer = Object.defineProperty({}, "then", {
    get() {
      throw failure
    },
  })
  callUserCode(
    () => answer,
    (error) => failures.push(error),
  )
  expect(failures).toEqual([failure])
})

/** Promises whose `then` or `constructor` is somebody's own. */
const odd: readonly (readonly [what: string, make: () => PromiseLike<unknown>, outcome: string])[] = [
  ["whose then throws", () => withThen(broken), "failed: of the user"],
  ["whose constructor throws", () => withConstructor(broken), "failed: of the user"],
  ["whose then calls back at once, with all there is, again and again", () => withThen(everything), "settled: one"],
  ["behind a proxy", () => new Proxy(Promise.resolve("one"), {}), "failed: Method Promise.prototype.then"],
  ["of a class of its own", () => Sub.resolve("one"), "settled: one"],
  ["as the runtime makes it", () => Promise.resolve("one"), "settled: one"],
]

class Sub<T> extends Promise<T> {}

const broken = (): never => {
  throw failure
}

function everything(settle: (value: unknown) => void, reject: (error: unknown) => void): void {
  settle("one")
  reject(new Error("two"))
  settle("three")
}

function withThen(then: unknown): Promise<unknown> {
  return Object.defineProperty(Promise.resolve(), "then", { value: then })
}

function withConstructor(get: () => never): Promise<unknown> {
  return Object.defineProperty(Promise.resolve(), "constructor", { get })
}

test.each(odd)("G16b of a promise %s one outcome is told, and not within the call", async (_what, make, outcome) => {
  const told: string[] = []
  whenSettled(
    make(),
    (value) => told.push(`settled: ${String(value)}`),
    (error) => told.push(`failed: ${(error as Error).message}`),
  )
  expect(told).toEqual([])
  await new Promise((resolve) => setTimeout(resolve, 0))
  expect(told).toEqual([expect.stringContaining(outcome)])
})
