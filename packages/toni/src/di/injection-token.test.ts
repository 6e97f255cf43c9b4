import { expect, test } from "vitest"
import { isConstructor, isToken, nameOf } from "./injection-token.ts"
import { Token } from "./token.ts"

class Greeter {}

test("a class is told from a function that cannot be constructed, and nothing of it runs", () => {
  class Bomb {
    constructor() {
      throw new Error("ran")
    }
  }
  expect(isConstructor(Bomb)).toBe(true)
  expect([() => {}, async () => {}, Math.max, {}, undefined].map(isConstructor)).toEqual(Array(5).fill(false))
})

test.each([
  [Greeter, "Greeter"],
  [new Token("Port"), "Port"],
  [class {}, "(anonymous class)"],
  ["Port", '"Port"'],
  [undefined, "undefined"],
  [new Greeter(), "an instance of Greeter"],
  [{}, "an object"],
  [Object.create(null), "an object"],
  [[], "an array"],
])("in messages %o is called %s", (value, name) => {
  expect(nameOf(value)).toBe(name)
})

test("a value that throws whatever is asked of it is no token, and has a name all the same", () => {
  const refuse = (): never => {
    throw new Error("no")
  }
  const traps = { get: refuse, has: refuse, getPrototypeOf: refuse }
  for (const value of [new Proxy({}, traps), new Proxy(() => {}, traps)]) {
    expect([isToken(value), isConstructor(value)]).toEqual([false, false])
    expect(nameOf(value)).toBe("a value that cannot be shown")
  }
})
