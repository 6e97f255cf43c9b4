import { expect, test } from "vitest"
import { inject } from "../di/inject.ts"
import { Token } from "../di/token.ts"
import { ToniError } from "../errors.ts"
import { assembleModules } from "./assembly.ts"
import { defineModule } from "./module-definition.ts"

const Name = new Token<string>("Name")
class Greeter {
  name = inject(Name, { optional: true })
}
const nameIs = (useValue: string) => ({ provide: Name, useValue })

test("providers come with module, token and instance, in build order, aliases excluded", async () => {
  const data = defineModule({ name: "Data", providers: [nameIs("Ada")], exports: [Name] })
  const Alias = new Token<Greeter>("Alias")
  const root = defineModule({
    name: "Root",
    imports: [data],
    providers: [{ provide: Alias, useExisting: Greeter }, Greeter],
  })
  const { providers, get } = await assembleModules(root).then((it) => ({ ...it, get: it.get.bind(it) }))
  expect(providers).toEqual([
    { module: "Data", token: Name, name: "Name", instance: "Ada" },
    { module: "Root", token: Greeter, name: "Greeter", instance: get(Greeter) },
  ])
  expect(get(Alias)).toBe(get(Greeter))
})

test("each module has its own instance of a class that both list", async () => {
  const inner = defineModule({ name: "Inner", providers: [Greeter, nameIs("Ada")] })
  const { providers } = await assembleModules(defineModule({ name: "Root", imports: [inner], providers: [Greeter] }))
  const greeters = providers.flatMap(({ instance }) => (instance instanceof Greeter ? instance.name : []))
  expect(greeters).toEqual(["Ada", undefined])
})

test("G2a problems of every sort are reported together", async () => {
  const root = defineModule({
    name: "Root",
    imports: [undefined as never],
    providers: [
      Greeter,
      Greeter,
      undefined as never,
      defineModule({ name: "Stray" }) as never,
      { provide: Name, useFactory: () => Promise.reject(new Error("no")) },
    ],
    exports: [class Nowhere {}],
  })
  const { problems } = await assembleModules(root, { overrides: [{ provide: new Token("Unused"), useValue: 1 }] })
  expect(problems.map(({ kind }) => kind)).toEqual([
    "bad-module",
    "duplicate-provider",
    "bad-provider",
    "bad-provider",
    "unknown-export",
    "unmatched-override",
    "provider-failed",
  ])
})

test("G2a a provider that cannot be read is reported once, and its dependents are not", async () => {
  const root = defineModule({ name: "Root", providers: [{ provide: Name } as never, Greeter] })
  const { problems } = await assembleModules(root)
  expect(problems).toMatchObject([{ kind: "bad-provider", module: "Root" }])
})

test("G2a a root that is no module is a problem, not an exception", async () => {
  const { problems } = await assembleModules(class Plain {})
  expect(problems).toMatchObject([{ kind: "bad-module" }])
})

test("what is built in can be injected everywhere, and asked for", async () => {
  const inner = defineModule({ name: "Inner", providers: [Greeter] })
  const assembly = await assembleModules(defineModule({ name: "Root", imports: [inner] }), { builtIn: [nameIs("Ada")] })
  expect(assembly.get(Greeter).name).toBe("Ada")
  expect(assembly.get(Name)).toBe("Ada")
})

test("get() prefers what the root sees", async () => {
  const hidden = defineModule({ name: "Hidden", providers: [nameIs("hidden")] })
  const assembly = await assembleModules(defineModule({ name: "Root", imports: [hidden], providers: [nameIs("seen")] }))
  expect(assembly.get(Name)).toBe("seen")
})

test("get() finds what a single module keeps to itself", async () => {
  const hidden = defineModule({ name: "Hidden", providers: [nameIs("hidden")] })
  const assembly = await assembleModules(defineModule({ name: "Root", imports: [hidden] }))
  expect(assembly.get(Name)).toBe("hidden")
})

test("get() throws TONI_NOT_PROVIDED for what nobody provides, and names the modules where several do", async () => {
  const imports = ["One", "Two"].map((name) => defineModule({ name, providers: [nameIs(name)] }))
  const assembly = await assembleModules(defineModule({ name: "Root", imports }))
  expect(() => assembly.get(Greeter)).toThrow(expect.objectContaining({ code: "TONI_NOT_PROVIDED" }))
  expect(() => assembly.get(Name)).toThrow(expect.objectContaining({ code: "TONI_NOT_PROVIDED" }))
  expect(() => assembly.get(Name)).toThrow("One, Two")
})

test("get() throws TONI_NOT_PROVIDED for what could not be made", async () => {
  const failing = { provide: Name, useFactory: () => Promise.reject(new Error("no")) }
  const assembly = await assembleModules(defineModule({ name: "Root", providers: [failing] }))
  expect(() => assembly.get(Name)).toThrow(expect.objectContaining({ code: "TONI_NOT_PROVIDED" }))
})

test("get() throws TONI_BAD_ARGUMENT for what is no token", async () => {
  const assembly = await assembleModules(defineModule({ name: "Root" }))
  expect(() => assembly.get("Name" as never)).toThrow(expect.objectContaining({ code: "TONI_BAD_ARGUMENT" }))
  expect(() => assembly.get("Name" as never)).toThrow(ToniError)
})
