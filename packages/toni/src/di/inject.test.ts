import { expect, expectTypeOf, test } from "vitest"
import { inject } from "./inject.ts"
import { runInContext } from "./injection-context.ts"
import { Token } from "./token.ts"

const Port = new Token<number>("Port")
abstract class Repository {
  abstract find(): string
}

test("outside of a constructor or factory inject() throws TONI_INJECTION and names the token", () => {
  expect(() => inject(Port)).toThrow(expect.objectContaining({ code: "TONI_INJECTION" }))
  expect(() => inject(Port)).toThrow("inject(Port)")
})

test("after an await inject() throws TONI_INJECTION", async () => {
  const answers = { resolve: () => 1 }
  const factory = async () => {
    expect(inject(Port)).toBe(1)
    await Promise.resolve()
    return inject(Port)
  }
  await expect(runInContext(answers, factory)).rejects.toMatchObject({ code: "TONI_INJECTION" })
})

test("the outer context is back after an inner one, even after one that throws", () => {
  const outer = { resolve: () => "outer" }
  const inner = { resolve: () => "inner" }
  runInContext(outer, () => {
    runInContext(inner, () => expect(inject(Port)).toBe("inner"))
    expect(() =>
      runInContext(inner, () => {
        throw new Error("from the inside")
      }),
    ).toThrow("from the inside")
    expect(inject(Port)).toBe("outer")
  })
})

test("inject() answers with the type of the token", () => {
  const types = () => {
    expectTypeOf(inject(Port)).toEqualTypeOf<number>()
    expectTypeOf(inject(Repository)).toEqualTypeOf<Repository>()
    expectTypeOf(inject(Port, { optional: true })).toEqualTypeOf<number | undefined>()
    // @ts-expect-error a string names nothing
    inject("Port")
  }
  expect(types).toBeTypeOf("function")
})
