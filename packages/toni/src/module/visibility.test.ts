import { expect, test } from "vitest"
import { inject } from "../di/inject.ts"
import type { AnyProvider } from "../di/provider.ts"
import { Token } from "../di/token.ts"
import { assembleModules } from "./assembly.ts"
import { defineModule, type ModuleExport, type ModuleReference } from "./module-definition.ts"

const Name = new Token<string>("Name")
class Reader {
  name = inject(Name)
}

const named = (name: string, exports: readonly ModuleExport[] = [Name], global = false) =>
  defineModule({ name, providers: [{ provide: Name, useValue: `from ${name}` }], exports, global })

const passOn = (name: string, imported: ModuleReference, exports: readonly ModuleExport[]) =>
  defineModule({ name, imports: [imported], exports })

/** What `Reader` in a module with these imports gets, or what is wrong. */
async function read(imports: readonly ModuleReference[], providers: AnyProvider[] = [], builtIn: AnyProvider[] = []) {
  const root = defineModule({ name: "Root", imports, providers: [Reader, ...providers] })
  const assembly = await assembleModules(root, { builtIn })
  if (assembly.problems.length === 0) return assembly.get(Reader).name
  return assembly.problems.map(({ kind, module }) => `${kind} in ${module}`)
}

const own: AnyProvider = { provide: Name, useValue: "own" }
const builtIn: AnyProvider = { provide: Name, useValue: "built in" }

test("a module sees what it provides, then what it imports, then what is global, then what is built in", async () => {
  const imported = named("Imported")
  const everywhere = named("Everywhere", [Name], true)
  const reach = defineModule({ name: "Reach", imports: [everywhere] })
  expect(await read([imported, reach], [own], [builtIn])).toBe("own")
  expect(await read([imported, reach], [], [builtIn])).toBe("from Imported")
  expect(await read([reach], [], [builtIn])).toBe("from Everywhere")
  expect(await read([], [], [builtIn])).toBe("built in")
})

test("a module passes on an imported module, or one token of it", async () => {
  const source = named("Source")
  expect(await read([passOn("Passing", source, [source])])).toBe("from Source")
  expect(await read([passOn("Passing", source, [Name])])).toBe("from Source")
  expect(await read([passOn("Outer", passOn("Passing", source, [source]), [Name])])).toBe("from Source")
})

test("an import is not passed on by itself", async () => {
  expect(await read([passOn("Keeping", named("Source"), [])])).toEqual(["unknown-dependency in Root"])
})

test("one provider that arrives by two ways is not ambiguous", async () => {
  const source = named("Source")
  expect(await read([passOn("Left", source, [Name]), passOn("Right", source, [source])])).toBe("from Source")
})

test("G2a two imports that export different providers are ambiguous, but only to who asks", async () => {
  expect(await read([named("One"), named("Two")])).toEqual(["ambiguous-dependency in Root"])
  expect(await read([named("One"), named("Two")], [own])).toBe("own")
})

test("G2a a provider that its module does not export is reported, with the export to add", async () => {
  const hidden = named("Hidden", [])
  expect(await read([hidden])).toEqual(["not-exported in Root"])
  const { problems } = await assembleModules(defineModule({ name: "Root", imports: [hidden], providers: [Reader] }))
  expect(problems[0]?.fix).toBe("Add Name to the exports of Hidden.")
  expect(problems[0]?.chain).toEqual(["Reader", "Name"])
})

test("G2a a provider that a module not imported exports is reported, with the import to add", async () => {
  const source = named("Source")
  const asking = defineModule({ name: "Asking", providers: [Reader] })
  const { problems } = await assembleModules(defineModule({ name: "Root", imports: [asking, source] }))
  expect(problems).toMatchObject([
    { kind: "unknown-dependency", module: "Asking", fix: "Add Source to the imports of Asking." },
  ])
})

test("G2a what nobody provides is reported", async () => {
  expect(await read([])).toEqual(["unknown-dependency in Root"])
})

test("an optional dependency that is not visible is undefined", async () => {
  class Relaxed {
    name = inject(Name, { optional: true })
  }
  const root = defineModule({ name: "Root", imports: [named("Hidden", [])], providers: [Relaxed] })
  const assembly = await assembleModules(root)
  expect(assembly.problems).toEqual([])
  expect(assembly.get(Relaxed).name).toBeUndefined()
})

test.each<[string, unknown]>([
  ["a token that is neither provided nor imported", Name],
  ["a module that is not imported", named("Elsewhere")],
  ["undefined, as in a circular import", undefined],
])("G2a exporting %s is reported", async (_, entry) => {
  const { problems } = await assembleModules(defineModule({ name: "Root", exports: [entry as ModuleExport] }))
  expect(problems).toMatchObject([{ kind: "unknown-export", module: "Root" }])
})

test("G2a what two imports export is ambiguous to an optional injection too", async () => {
  const Name = new Token<string>("Name")
  class Reader {
    name = inject(Name, { optional: true })
  }
  const exporting = (name: string) =>
    defineModule({ name, providers: [{ provide: Name, useValue: name }], exports: [Name] })
  const root = defineModule({ name: "Root", imports: [exporting("Left"), exporting("Right")], providers: [Reader] })
  const { problems } = await assembleModules(root)
  expect(problems).toMatchObject([{ kind: "ambiguous-dependency", module: "Root", chain: ["Reader", "Name"] }])
})
