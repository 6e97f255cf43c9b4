import { expect, test } from "vitest"
import { Token } from "../di/token.ts"
import { assembleModules } from "./assembly.ts"
import { defineModule } from "./module-definition.ts"
import { misnamedHooks } from "./hook-names.ts"

const noop = () => undefined
const problemsOf = (instance: unknown) =>
  misnamedHooks([{ module: "DataModule", token: new Token("Database"), name: "Database", instance }])

test.each([
  ["onModuleInt", "onModuleInit"],
  ["OnModuleInit", "onModuleInit"],
  ["onModuleDestory", "onModuleDestroy"],
  ["onApplicationBootstrap", "onModuleInit"],
  ["beforeApplicationShutdown", "onModuleDestroy"],
  ["onApplicationShutdown", "onModuleDestroy"],
])("G3a a provider with %s does not start: nobody would call it; %s is meant", (wrong, right) => {
  class Parent {}
  Object.defineProperty(Parent.prototype, wrong, { value: noop })
  class Database extends Parent {}
  for (const instance of [{ [wrong]: noop }, new Database()]) {
    expect(problemsOf(instance)).toMatchObject([
      { kind: "misnamed-hook", module: "DataModule", chain: ["Database"], fix: `Rename ${wrong} to ${right}.` },
    ])
  }
})

test("G3a the startup error names it together with everything else", async () => {
  class Database {
    onApplicationShutdown() {}
  }
  const { problems } = await assembleModules(defineModule({ name: "DataModule", providers: [Database] }))
  expect(problems).toMatchObject([{ message: "Nobody calls onApplicationShutdown of Database, a hook of NestJS." }])
})

test("G3a a value that was handed in belongs to its owner, whatever it has", async () => {
  const Library = new Token<object>("Library")
  const providers = [{ provide: Library, useValue: { onApplicationShutdown: noop } as object }]
  expect((await assembleModules(defineModule({ name: "DataModule", providers }))).problems).toEqual([])
})

const throwing = (): never => {
  throw new Error("not to be read")
}

test.each<[string, unknown]>([
  ["a provider with both hooks", { onModuleInit: noop, onModuleDestroy: noop }],
  ["a provider that serves Nest as well", { onModuleDestroy: noop, onApplicationShutdown: noop }],
  ["a name that is no method", { onModuleInt: true }],
  ["a method of another name", { onModule: noop, init: noop, destroy: noop }],
  ["a value that is no object", 5],
  ["a test double with an answer to every name", new Proxy({}, { get: () => noop })],
  ["an object that cannot be read", new Proxy({}, { get: throwing, ownKeys: throwing, getPrototypeOf: throwing })],
])("G3a %s is no mistake", (_, instance) => {
  expect(problemsOf(instance)).toEqual([])
})
