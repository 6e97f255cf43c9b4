import { expect, test } from "vitest"
import { mutate, mutationsOf, sample, watchScopes } from "./lib/mutations.mjs"

/** The source after each mutation, one line each. */
const mutants = (source) =>
  mutationsOf("source.ts", source).mutations.map((mutation) => mutate(source, mutation).replaceAll("\n", " "))

test("a comparison loses or gains its edge, and is turned round", () => {
  expect(mutants("x < limit")).toEqual(["x <= limit", "x >= limit"])
  expect(mutants("x === y")).toEqual(["x !== y"])
})

test("a condition is always true, or never", () => {
  expect(mutants("if (open) close()")).toEqual(["if (true) close()", "if (false) close()", "if (open) ;"])
})

test("a call whose answer nobody uses is left out, awaited or not", () => {
  expect(mutants("await flush()\nvoid send()")).toEqual(
    [";\nvoid send()", "await flush()\n;"].map((text) => text.replace("\n", " ")),
  )
})

test("flags are turned, numbers are one more, names become others", () => {
  expect(mutants("let a = true")).toEqual(["let a = false"])
  expect(mutants("let a = 0")).toEqual(["let a = (0 + 1)"])
  expect(mutants('let a = "open"')).toEqual(['let a = "mutated"'])
})

test("types, names of modules and sentences are left alone", () => {
  expect(mutants('import { a } from "./a.ts"\nlet b: "x" | 1\ninterface C { kind: "y" }\nthrow "A sentence."')).toEqual(
    [],
  )
})

test("a mutation says its line, and the function that it lies in", () => {
  const { mutations } = mutationsOf(
    "source.ts",
    "const a = 1\nfunction f() {\n  g()\n  return () => {\n    h()\n  }\n}",
  )
  expect(mutations.map(({ line, scope, change }) => [line, scope, change])).toEqual([
    [1, -1, "1 -> (1 + 1)"],
    [3, 0, "g() -> (removed)"],
    [5, 1, "h() -> (removed)"],
  ])
})

test("functions that are watched say that they run", () => {
  const source = "const f = () => { g() }"
  const watched = watchScopes(source, mutationsOf("source.ts", source).scopes, "source.ts")
  expect(watched).toContain('=> {;globalThis.toniScopeRuns?.("source.ts", 0); g() }')
})

test("a seed chooses the same ones each time, and another seed others", () => {
  const list = Array.from({ length: 100 }, (_, index) => index)
  expect(sample(list, 10, 1)).toEqual(sample(list, 10, 1))
  expect(sample(list, 10, 1)).toHaveLength(10)
  expect(sample(list, 10, 2)).not.toEqual(sample(list, 10, 1))
  expect(sample(list, 1_000, 1)).toEqual(list)
})
