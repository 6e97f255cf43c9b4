import { expect, expectTypeOf, test } from "vitest"
import { defineModule, definitionOf } from "../module/module-definition.ts"
import { readModuleGraph } from "../module/module-graph.ts"
import type { AnyClassDecorator } from "./class-decorator.ts"
import { Injectable, Module } from "./index.ts"

const badArgument = expect.objectContaining({ code: "TONI_BAD_ARGUMENT" })
const untyped = (decorator: AnyClassDecorator) => decorator as (target: unknown, context?: unknown) => void

class Greeter {}

test("@Module() gives the class a definition under the name of the class", () => {
  class ChatModule {}
  Module({ providers: [Greeter], exports: [Greeter], global: true })(ChatModule)
  expect(definitionOf(ChatModule)).toMatchObject({
    name: "ChatModule",
    providers: [Greeter],
    exports: [Greeter],
    global: true,
  })
})

test("@Module() takes a name, which goes before that of the class; a class without one gets a stand-in", () => {
  class t {}
  Module({ name: "ChatModule" })(t)
  const nameless = (() => class {})()
  Module()(nameless)
  expect([definitionOf(t)?.name, definitionOf(nameless)?.name]).toEqual(["ChatModule", "(anonymous class)"])
})

test.each([null, 7, "ChatModule"])("@Module(%o) throws TONI_BAD_ARGUMENT", (options) => {
  expect(() => Module(options as never)).toThrow(badArgument)
})

test.each<[string, unknown, unknown]>([
  ["an object, as for a method under legacy decorators", {}, "method"],
  ["a class with a key, as for a static method under legacy decorators", Greeter, "method"],
  ["a function, as for a method under standard decorators", () => {}, { kind: "method" }],
  ["undefined, as for a field under standard decorators", undefined, { kind: "field" }],
])("on %s a decorator throws TONI_BAD_ARGUMENT", (_, target, context) => {
  expect(() => untyped(Injectable())(target, context)).toThrow(badArgument)
  expect(() => untyped(Module({}))(target, context)).toThrow(badArgument)
})

test("without its parentheses a decorator throws TONI_BAD_ARGUMENT", () => {
  expect(() => (Injectable as (target: unknown) => void)(Greeter)).toThrow(badArgument)
  expect(() => Module(Greeter as never)).toThrow(badArgument)
})

test("the decorators return nothing, so that the class stays what it is", () => {
  expectTypeOf<ReturnType<AnyClassDecorator>>().toEqualTypeOf<void>()
  expect(untyped(Injectable())(Greeter)).toBeUndefined()
})

test("G2a modules that took their names from classes may share one, as a minifier leaves them", () => {
  const minified = () => {
    class t {}
    Module({})(t)
    return t
  }
  const { nodes, problems } = readModuleGraph(defineModule({ name: "Root", imports: [minified(), minified()] }))
  expect(nodes.map(({ name }) => name)).toEqual(["t", "t", "Root"])
  expect(problems).toEqual([])
})

test("G2a names that @Module() was given are as unique as those of defineModule()", () => {
  const named = () => {
    class t {}
    Module({ name: "Chat" })(t)
    return t
  }
  const { problems } = readModuleGraph(defineModule({ name: "Root", imports: [named(), named()] }))
  expect(problems).toMatchObject([{ kind: "duplicate-module", module: "Chat" }])
})
