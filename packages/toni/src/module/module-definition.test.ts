import { expect, expectTypeOf, test } from "vitest"
import type { AnyProvider } from "../di/provider.ts"
import { Token } from "../di/token.ts"
import { defineModule, definitionOf, moduleDefinition, type ModuleDefinition } from "./module-definition.ts"

const Port = new Token<number>("Port")
const Format = new Token<(value: number) => string>("Format")
const Settings = new Token<{ readonly size: number; readonly label?: string }>("Settings")
abstract class Repository {
  abstract find(): number
}
class MemoryRepository extends Repository {
  find() {
    return 1
  }
}
class Greeter {
  greeting = "hello"
}
class Pool {
  readonly url: string
  constructor(url: string) {
    this.url = url
  }
}

test("a definition is frozen, with every list in it, and keeps no tie to the arrays that were passed", () => {
  const providers = [Greeter]
  const module = defineModule({ name: "M", providers })
  providers.push(Greeter)
  expect(module).toMatchObject({ name: "M", imports: [], providers: [Greeter], exports: [], global: false })
  expect([module, module.imports, module.providers, module.exports].every(Object.isFrozen)).toBe(true)
})

test.each([
  null,
  undefined,
  "ChatModule",
  { name: "" },
  { providers: [] },
  { name: "M", providers: Greeter },
  { name: "M", imports: {} },
  { name: "M", global: "yes" },
  { name: "M", controllers: [] },
])("an argument of the wrong form throws TONI_BAD_ARGUMENT: %o", (options) => {
  expect(() => defineModule(options as never)).toThrow(expect.objectContaining({ code: "TONI_BAD_ARGUMENT" }))
})

test.each([
  [{ name: "M", gateways: [] }, "List gateways in providers."],
  [{ name: "M", provider: [] }, "Write providers."],
  [{ name: "M", controllers: [] }, "A module has name, imports, providers, exports, global."],
])("the fix for an option that no module has says where its value belongs: %o", (options, fix) => {
  expect(() => defineModule(options as never)).toThrow(expect.objectContaining({ fix: expect.stringContaining(fix) }))
})

test("a class stands for a module by a definition of its own, not by one that it inherits", () => {
  const module = defineModule({ name: "Base" })
  class Base {}
  Object.defineProperty(Base, moduleDefinition, { value: module })
  class Derived extends Base {}
  expect([module, Base, Derived, undefined, "M", {}].map(definitionOf)).toEqual([
    module,
    module,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test("each entry of providers is checked against what it provides", () => {
  const types = () => {
    const list: AnyProvider[] = []
    const module = defineModule({
      name: "M",
      providers: [
        Greeter,
        ...list,
        { provide: Port, useValue: 0 },
        { provide: Port, useFactory: async () => 3 },
        { provide: Format, useValue: (value) => value.toFixed(2) },
        { provide: Settings, useValue: { size: 1 } },
        { provide: Repository, useClass: MemoryRepository },
        { provide: Repository, useExisting: MemoryRepository },
        { provide: Pool, useFactory: () => new Pool("") },
      ],
      exports: [Port, Repository, Pool],
    })
    expectTypeOf(module).toEqualTypeOf<ModuleDefinition>()

    defineModule({
      name: "M",
      imports: [module, class {}],
      providers: [
        Greeter,
        // @ts-expect-error a string is no number
        { provide: Port, useValue: "x" },
        // @ts-expect-error nor is what this function returns
        { provide: Port, useFactory: () => "x" },
        // @ts-expect-error nor is what this promise resolves with
        { provide: Port, useFactory: async () => "x" },
        // @ts-expect-error a Greeter is no Repository
        { provide: Repository, useClass: Greeter },
        // @ts-expect-error nor is its instance
        { provide: Repository, useExisting: Greeter },
        // @ts-expect-error size is a number
        { provide: Settings, useValue: { size: "1" } },
        // @ts-expect-error and there is no colour
        { provide: Settings, useValue: { size: 1, colour: "red" } },
        // @ts-expect-error it does not say how
        { provide: Port },
        // @ts-expect-error nobody passes the url
        Pool,
        // @ts-expect-error an abstract class cannot be made
        Repository,
        // @ts-expect-error a Token says nothing about its value
        Port,
        // @ts-expect-error a class, not an instance
        new Greeter(),
        // @ts-expect-error not even in a circular import
        undefined,
      ],
    })
    // @ts-expect-error a module has a name
    defineModule({ providers: [] })
    // @ts-expect-error `provider` is a slip
    defineModule({ name: "M", provider: [] })
    // @ts-expect-error only defineModule() makes definitions
    defineModule({ name: "M", imports: [{ name: "N", imports: [], providers: [], exports: [], global: false }] })
  }
  expect(types).toBeTypeOf("function")
})
