import { expect, test } from "vitest"
import type { ToniError } from "../errors.ts"
import { checkClientId, checkTopic, isVolatile, readAudience, readExcept } from "./arguments.ts"

const refuse = (): never => {
  throw new Error("not to be read")
}
const hostile = (name: string): never => Object.defineProperty({}, name, { get: refuse }) as never

/** What a call throws. */
function errorOf(call: () => unknown): ToniError {
  try {
    call()
  } catch (error) {
    return error as ToniError
  }
  throw new Error("It threw nothing.")
}

test("H5b a message is volatile when its options say so, and only then", () => {
  expect([undefined, {}, { volatile: undefined }, { volatile: false }].map((each) => isVolatile(each))).toEqual(
    Array(4).fill(false),
  )
  expect(isVolatile({ volatile: true })).toBe(true)
  expect(isVolatile({ volatile: true, except: [] } as object, true)).toBe(true)
})

test("H5b everybody gets a message whose options leave out nobody", () => {
  expect([undefined, {}, { except: undefined }, { volatile: true }].map(readExcept)).toEqual(Array(4).fill(undefined))
  expect(readExcept({ except: [] })).toEqual(new Set())
  expect(readExcept({ except: { id: "a" } })).toEqual(new Set(["a"]))
  expect(readExcept({ except: [{ id: "a" }, { id: "b" }] })).toEqual(new Set(["a", "b"]))
})

test("H5b an audience is a client or a topic", () => {
  expect(readAudience({ client: "a" })).toEqual({ client: "a" })
  expect(readAudience({ topic: "all" })).toEqual({ topic: "all" })
  expect(readAudience({ topic: "all", client: undefined })).toEqual({ topic: "all" })
})

const wrong: Readonly<Record<string, () => unknown>> = {
  "a topic that is no string": () => checkTopic(7 as never),
  "an empty topic": () => checkTopic(""),
  "a topic that is too long": () => checkTopic("x".repeat(1_025)),
  "a client for an id": () => checkClientId({ id: "a" } as never),
  "null for options": () => isVolatile(null as never),
  "a text for options": () => isVolatile("volatile" as never),
  "volatile: null": () => isVolatile({ volatile: null } as never),
  "volatile: 1": () => isVolatile({ volatile: 1 } as never),
  "a name that is no option": () => isVolatile({ exclude: { id: "a" } } as never, true),
  "except where nobody can be left out": () => isVolatile({ except: { id: "a" } } as never),
  "except: null": () => readExcept({ except: null } as never),
  "except: an id": () => readExcept({ except: "a" } as never),
  "except: a number": () => readExcept({ except: 7 } as never),
  "except: ids": () => readExcept({ except: ["a"] } as never),
  "except: nobody": () => readExcept({ except: [undefined] } as never),
  "except: an object without an id": () => readExcept({ except: {} } as never),
  "null for an audience": () => readAudience(null as never),
  "an audience of nobody": () => readAudience({} as never),
  "an audience of both": () => readAudience({ client: "a", topic: "all" }),
  "an audience of a number": () => readAudience({ client: 7 } as never),
  "an audience of an empty topic": () => readAudience({ topic: "" }),
}

test.each(Object.keys(wrong))("H5b %s is refused, with what to write instead", (name) => {
  const error = errorOf(() => wrong[name]?.())
  expect(error).toMatchObject({ code: "TONI_BAD_ARGUMENT", fix: expect.stringMatching(/^[A-Z].*\.$/) })
  expect(error.cause).toBeUndefined()
})

test("H5b what throws when it is read is refused, with what it threw", () => {
  const calls = [
    () => isVolatile(hostile("volatile")),
    () => isVolatile(new Proxy({}, { ownKeys: refuse })),
    () => readExcept(hostile("except")),
    () => readExcept({ except: hostile("id") }),
    () => readExcept({ except: [hostile("id")] }),
    () => readAudience(hostile("topic")),
  ]
  for (const call of calls) {
    expect(errorOf(call)).toMatchObject({ code: "TONI_BAD_ARGUMENT", cause: { message: "not to be read" } })
  }
})

test("H5b a refusal names what was passed", () => {
  expect(errorOf(() => checkTopic("x".repeat(1_025))).message).toContain("got 1025 characters")
  expect(errorOf(() => checkTopic("")).message).toContain('got ""')
  expect(errorOf(() => checkClientId(7 as never)).message).toContain("got 7")
})
