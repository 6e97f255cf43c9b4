import { expect, test } from "vitest"
import { Token } from "../di/token.ts"
import { readModuleBindings } from "./module-bindings.ts"
import { defineModule, moduleDefinition } from "./module-definition.ts"
import { Overrides } from "./overrides.ts"

const Port = new Token<number>("Port")
const read = (...providers: readonly unknown[]) => readModuleBindings("Root", providers, new Overrides([]))

test("G2a of two providers for one token the first counts and the second is reported", () => {
  const { bindings, problems } = read({ provide: Port, useValue: 1 }, { provide: Port, useValue: 2 })
  expect(bindings.get(Port)?.recipe).toEqual({ kind: "value", useValue: 1 })
  expect(problems).toMatchObject([{ kind: "duplicate-provider", module: "Root" }])
})

test("G2a a module among the providers is reported, in either form, and is not made", () => {
  const module = defineModule({ name: "Stray" })
  class Decorated {}
  Object.defineProperty(Decorated, moduleDefinition, { value: module })
  const { bindings, problems } = read(module, Decorated)
  expect(bindings.size).toBe(0)
  expect(problems).toMatchObject([{ kind: "bad-provider" }, { kind: "bad-provider" }])
})
