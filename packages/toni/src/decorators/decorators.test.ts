import { expect, expectTypeOf, test } from "vitest"
import { definitionOf } from "../module/module-definition.ts"
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
