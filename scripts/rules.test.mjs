import { expect, test } from "vitest"
import { checkRules, citations } from "./lib/rule-lists.mjs"

const page = "# Rules\n\n- **G1a** One.\n- **G1b** Two.\n"

test("a title that begins with clauses is a proof of each", () => {
  const source =
    'test("G1a G1b: one and two", () => {})\nscenario("G1a", "in a suite", run)\ntest("no clause", () => {})'
  expect(citations("a.test.ts", source)).toEqual([
    { rules: ["G1a"], title: "in a suite", path: "a.test.ts" },
    { rules: ["G1a", "G1b"], title: "one and two", path: "a.test.ts" },
  ])
})

test("the page lists the tests of each clause, and is mended once", () => {
  const tests = citations("a.test.ts", 'test("G1a is one", f)\ntest("G1b is two", f)')
  const { text, problems } = checkRules(page, tests)
  expect(problems).toEqual([])
  expect(text).toContain("- **G1a** One.\n  - is one (`a.test.ts`)\n- **G1b** Two.\n  - is two (`a.test.ts`)")
  expect(checkRules(text, tests).text).toBe(text)
})

test("a clause without a test is a problem", () => {
  expect(checkRules(page, citations("a.test.ts", 'test("G1a is one", f)')).problems).toEqual([
    "G1b is proved by no test",
  ])
})

test("a test that cites what is no clause is a problem", () => {
  const tests = citations("a.test.ts", 'test("G1a G1b are here", f)\ntest("G99 is not", f)')
  expect(checkRules(page, tests).problems).toEqual(['a.test.ts: "is not" cites G99, which is no clause'])
})
