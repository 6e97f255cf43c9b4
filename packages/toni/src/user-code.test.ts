/* oxlint-disable unicorn/no-thenable -- what is tested is how such objects are treated */
import { expect, test } from "vitest"
import { callUserCode } from "./user-code.ts"

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
