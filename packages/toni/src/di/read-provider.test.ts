import { expect, test } from "vitest"
import { readProvider } from "./read-provider.ts"
import { Token } from "./token.ts"

const Port = new Token<number>("Port")
class Greeter {}
class Pool {
  readonly url: string
  constructor(url: string) {
    this.url = url
  }
}

test.each([
  ["undefined, as in a circular import", undefined],
  ["a Token alone", Port],
  ["an instance", new Greeter()],
  ["a function that is no class", () => new Greeter()],
  ["an object that provides undefined", { provide: undefined, useValue: 1 }],
  ["a class whose constructor declares parameters", Pool],
  ["useClass with parameters", { provide: Port, useClass: Pool }],
  ["useClass without a class", { provide: Port, useClass: undefined }],
  ["useFactory without a function", { provide: Port, useFactory: 1 }],
  ["useFactory with parameters", { provide: Port, useFactory: (pool: Pool) => pool }],
  ["useExisting without a token", { provide: Port, useExisting: undefined }],
  ["no use", { provide: Port }],
  ["two uses", { provide: Port, useValue: 1, useFactory: () => 1 }],
])("G2a %s is no provider, and the problem says what to do", (_, entry) => {
  const { recipe, problem } = readProvider(entry, "providers[0] of ChatModule")
  expect(recipe.kind).toBe("broken")
  expect(problem).toMatchObject({ kind: "bad-provider", fix: expect.stringMatching(/\.$/) })
})

test.each([
  [{ provide: Port, useValeu: 1 }, "The provider of Port has useValeu.", "Write useValue."],
  [{ provide: Port, value: 1 }, "The provider of Port has value.", "Give it exactly one of useClass"],
  [{ provide: Port }, "The provider of Port has provide alone.", "Give it exactly one of useClass"],
])("G2a an entry without a use is told what it has instead: %o", (entry, message, fix) => {
  expect(readProvider(entry, "").problem).toMatchObject({ message, fix: expect.stringContaining(fix) })
})

test.each([
  ["class", Greeter],
  ["class", { provide: Greeter, useClass: Greeter }],
  ["value", { provide: Port, useValue: undefined }],
  ["factory", { provide: Pool, useFactory: () => new Pool("") }],
  ["alias", { provide: Port, useExisting: Greeter }],
])("a %s provider is read", (kind, entry) => {
  expect(readProvider(entry, "")).toMatchObject({ recipe: { kind } })
  expect(readProvider(entry, "").problem).toBeUndefined()
})

const refuse = (): never => {
  throw new Error("not to be read")
}

test("G2a an entry whose properties throw is no provider, and is reported like any other", () => {
  const entries: unknown[] = [
    new Proxy({}, { get: refuse, has: refuse, getPrototypeOf: refuse, getOwnPropertyDescriptor: refuse }),
    {
      get provide() {
        return refuse()
      },
    },
    {
      provide: Port,
      get useFactory() {
        return refuse()
      },
    },
  ]
  for (const entry of entries) {
    expect(readProvider(entry, "providers[0] of M")).toMatchObject({
      recipe: { kind: "broken" },
      problem: { message: expect.stringContaining("providers[0] of M") },
    })
  }
})
