import { expect, test } from "vitest"
import { defineModule, moduleDefinition, type ModuleReference } from "./module-definition.ts"
import { readModuleGraph } from "./module-graph.ts"

const read = (root: unknown) => {
  const { nodes, problems } = readModuleGraph(root as ModuleReference)
  return { names: nodes.map(({ name }) => name), problems }
}

test("modules come imports first, and one that is imported twice comes once", () => {
  const base = defineModule({ name: "Base" })
  const left = defineModule({ name: "Left", imports: [base] })
  const right = defineModule({ name: "Right", imports: [base] })
  const { names, problems } = read(defineModule({ name: "Root", imports: [left, right] }))
  expect(names).toEqual(["Base", "Left", "Right", "Root"])
  expect(problems).toEqual([])
})

test("G2a modules that import each other are a cycle, with its path and without the way that led to it", () => {
  const imports: ModuleReference[] = []
  class Lazy {}
  const other = defineModule({ name: "Other", imports: [Lazy] })
  imports.push(other)
  Object.defineProperty(Lazy, moduleDefinition, { value: defineModule({ name: "Lazy", imports }) })
  const { problems } = read(defineModule({ name: "Root", imports: [Lazy] }))
  expect(problems).toMatchObject([{ kind: "cycle", module: "Lazy", chain: ["Lazy", "Other", "Lazy"] }])
})

test("G2a two different modules of one name are reported once", () => {
  const make = () => defineModule({ name: "Twin" })
  const { problems } = read(defineModule({ name: "Root", imports: [make(), make(), make()] }))
  expect(problems).toMatchObject([{ kind: "duplicate-module", module: "Twin" }])
})

test.each([
  ["undefined, as in a circular import", undefined],
  ["a class without @Module()", class Plain {}],
  ["an object", {}],
  ["an object that is marked as a module, and is none", { [moduleDefinition]: true }],
  ["what carries another version's definition", { [moduleDefinition]: { name: "Old", controllers: [] } }],
])("G2a %s is no module", (_, entry) => {
  const { names, problems } = read(defineModule({ name: "Root", imports: [entry as never] }))
  expect(names).toEqual(["Root"])
  expect(problems).toMatchObject([{ kind: "bad-module", module: "Root" }])
})

test("G2a a gateway for a root is told where it belongs", () => {
  class ChatGateway {}
  const fix = expect.stringContaining('defineModule({ name: "AppModule", providers: [ChatGateway] })')
  expect(read(ChatGateway)).toMatchObject({ problems: [{ kind: "bad-module", fix }] })
})

test("G2a a root that is no module is reported, not thrown", () => {
  expect(read(undefined)).toMatchObject({ names: [], problems: [{ kind: "bad-module" }] })
})

test("G2a imports may be a function, which runs when the application is created", () => {
  const root = defineModule({ name: "Root", imports: () => [later] })
  const later = defineModule({ name: "Later" })
  expect(read(root)).toEqual({ names: ["Later", "Root"], problems: [] })
})

test.each([
  ["throws", () => never(), "failed: not yet"],
  ["answers no list", () => ({}), "an object, which is not an array"],
  ["answers a list that throws when it is read", () => new Proxy([1], { get: never }), "failed: not yet"],
  ["is async", async () => never(), "an instance of Promise, which is not an array"],
  ["answers what is no module", () => [undefined], "imports[0] of Root is undefined"],
])("G2a imports whose function %s are reported", (_, imports, message) => {
  const { names, problems } = read(defineModule({ name: "Root", imports: imports as never }))
  expect(names).toEqual(["Root"])
  expect(problems).toMatchObject([
    {
      kind: "bad-module",
      module: "Root",
      message: expect.stringContaining(message),
      fix: expect.stringMatching(/\.$/),
    },
  ])
})

test("G2a an undefined import names the cycle of files that is behind it, and the way out", () => {
  const { problems } = read(defineModule({ name: "Root", imports: [undefined as never] }))
  expect(problems[0]?.fix).toMatch(/import each other.*imports: \(\) => \[Other\]/)
})

function never(): never {
  throw new Error("not yet")
}
