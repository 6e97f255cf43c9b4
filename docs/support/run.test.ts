import { expect, test } from "vitest"
import { runSnippet } from "./run.ts"

const server = new URL("fixtures/server.mjs", import.meta.url)

test("two snippets that name the same port run side by side", async () => {
  await using first = await runSnippet(server)
  await using second = await runSnippet(server)
  const answers = await Promise.all([first, second].map(({ port }) => fetch(`http://127.0.0.1:${port}/`)))
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(["hello", "hello"])
})

test("a test learns which port stands for which", async () => {
  await using running = await runSnippet(server)
  expect(running.ports).toEqual(new Map([[3000, running.port]]))
})

test("a snippet can be asked to end", async () => {
  await using running = await runSnippet(server)
  expect(await running.end()).toBe(7)
})

test("a snippet that ends before it listens fails the test with what it printed", async () => {
  const broken = new URL("fixtures/broken.mjs", import.meta.url)
  await expect(runSnippet(broken)).rejects.toThrow(/exit code 1 before it listened:[^]*sorry/)
})

test("a snippet that never listens fails the test", async () => {
  const idle = new URL("fixtures/idle.mjs", import.meta.url)
  await expect(runSnippet(idle, { timeout: 300 })).rejects.toThrow("did not listen within 300 ms")
})
