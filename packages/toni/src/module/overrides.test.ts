import { expect, test } from "vitest"
import { inject } from "../di/inject.ts"
import type { AnyProvider } from "../di/provider.ts"
import { Token } from "../di/token.ts"
import { assembleModules } from "./assembly.ts"
import { defineModule } from "./module-definition.ts"

const Name = new Token<string>("Name")
const Nickname = new Token<string>("Nickname")
const Unused = new Token<string>("Unused")
class Reader {
  name = inject(Name)
}
class FakeReader extends Reader {
  override name = "fake"
}

async function nameWith(...overrides: AnyProvider[]) {
  const data = defineModule({
    name: "Data",
    providers: [
      { provide: Name, useFactory: () => Promise.reject<string>(new Error("no database in a test")) },
      { provide: Nickname, useValue: "Addie" },
    ],
    exports: [Name],
  })
  const root = defineModule({ name: "Root", imports: [data], providers: [Reader] })
  const assembly = await assembleModules(root, { overrides })
  return assembly.problems.length > 0 ? assembly.problems.map(({ kind }) => kind) : assembly.get(Reader).name
}

test.each<[string, AnyProvider]>([
  ["useValue", { provide: Name, useValue: "Ada" }],
  ["useFactory", { provide: Name, useFactory: async () => "Ada" }],
])("an override with %s stands in, wherever the token is provided", async (_, override) => {
  expect(await nameWith(override)).toBe("Ada")
})

test("an override with useClass stands in for a class", async () => {
  expect(await nameWith({ provide: Name, useValue: "Ada" }, { provide: Reader, useClass: FakeReader })).toBe("fake")
})

test("an override with useExisting sees what the module sees whose provider it replaces", async () => {
  expect(await nameWith({ provide: Name, useExisting: Nickname })).toBe("Addie")
})

test("of two overrides of one token the last counts", async () => {
  expect(await nameWith({ provide: Name, useValue: "Ada" }, { provide: Name, useValue: "Grace" })).toBe("Grace")
})

test("G2a an override that matches nothing is reported", async () => {
  expect(await nameWith({ provide: Name, useValue: "Ada" }, { provide: Unused, useValue: "x" })).toEqual([
    "unmatched-override",
  ])
})

test("G2a an override that is no provider is reported", async () => {
  expect(await nameWith({ provide: Name } as never)).toEqual(["bad-provider"])
})

test("an override mends a provider that cannot be read", async () => {
  const root = defineModule({ name: "Root", providers: [{ provide: Name } as never] })
  const { problems } = await assembleModules(root, { overrides: [{ provide: Name, useValue: "Ada" }] })
  expect(problems).toEqual([])
})

test("what is built in can be overridden", async () => {
  const root = defineModule({ name: "Root", providers: [Reader] })
  const builtIn = [{ provide: Name, useValue: "built in" }]
  const assembly = await assembleModules(root, { builtIn, overrides: [{ provide: Name, useValue: "Ada" }] })
  expect(assembly.get(Reader).name).toBe("Ada")
})
