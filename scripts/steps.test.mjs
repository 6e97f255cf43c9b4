import { expect, test } from "vitest"
import { runSteps } from "./lib/steps.mjs"

const quiet = { print: () => {} }
const good = async () => ({ ok: true, output: "" })
const bad = async () => ({ ok: false, output: "what went wrong\n" })

test("every step runs, also after one that failed and after one that threw", async () => {
  const results = await runSteps(
    [
      { name: "bad", run: bad },
      { name: "thrower", run: () => Promise.reject(new Error("broken")) },
      { name: "good", after: ["bad", "thrower"], run: good },
    ],
    quiet,
  )
  expect([...results].map(([name, { ok }]) => [name, ok])).toEqual([
    ["bad", false],
    ["thrower", false],
    ["good", true],
  ])
})

test("no more than two steps run at a time", async () => {
  let running = 0
  let most = 0
  const run = async () => {
    most = Math.max(most, ++running)
    await Promise.resolve()
    running--
    return { ok: true, output: "" }
  }
  await runSteps(
    ["a", "b", "c", "d"].map((name) => ({ name, run })),
    quiet,
  )
  expect(most).toBe(2)
})

test("a step that failed shows its whole output", async () => {
  const printed = []
  await runSteps([{ name: "bad", run: bad }], { print: (text) => printed.push(text) })
  expect(printed.join("\n")).toMatch(/^FAILED {2}bad .*\n\n {4}what went wrong/)
})

test("steps that wait for each other are an error, not a pass", async () => {
  const steps = [
    { name: "a", after: ["b"], run: good },
    { name: "b", after: ["a"], run: good },
  ]
  await expect(runSteps(steps, quiet)).rejects.toThrow("Steps that wait for each other: a, b")
})
