import { expect, test } from "vitest"
import { showValue } from "./show-value.ts"

class Greeter {
  greeting = () => "hello"
}

test.each([
  ["3000", '"3000"'],
  [3000, "3000"],
  [-0, "-0"],
  [NaN, "NaN"],
  [10n, "10n"],
  [undefined, "undefined"],
  [null, "null"],
  [true, "true"],
  [Symbol("s"), "Symbol(s)"],
  [{}, "{}"],
  [{ port: 1 }, '{"port":1}'],
  [["a"], '["a"]'],
  [Greeter, "the class Greeter"],
  [new Greeter(), "an object of class Greeter"],
  [showValue, "the function showValue"],
  [() => 1, "a function"],
  [new RangeError("too far"), "RangeError: too far"],
])("%o is shown as %s", (value, shown) => {
  expect(showValue(value)).toBe(shown)
})

test("a long value is cut", () => {
  expect(showValue("x".repeat(1_000))).toHaveLength(121)
})

test("a value that throws whatever is asked of it is shown all the same", () => {
  const refuse = (): never => {
    throw new Error("no")
  }
  const hostile: unknown[] = [
    new Proxy({}, { get: refuse, ownKeys: refuse, getPrototypeOf: refuse }),
    { toJSON: refuse },
    Object.assign(Object.create(null) as object, { toString: refuse, a: 1n }),
  ]
  for (const value of hostile) expect(showValue(value)).toBe("a value that cannot be shown")
})
