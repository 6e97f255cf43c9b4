import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"
import { longTests } from "./scripts/long-tests.mjs"
import { programVariables } from "./scripts/programs.mjs"

/** The tests of one folder. The time ends a test that hangs; it is long, for machines that are slow or shared. */
function project(name: string, include: string[], seconds = 5, without: readonly string[] = []) {
  const exclude = ["**/node_modules/**", "**/dist/**", "**/*.types.test.ts", ...without]
  return {
    extends: true as const,
    test: { name, include, exclude, testTimeout: seconds * 1000, hookTimeout: seconds * 1000 },
  }
}

export default defineConfig({
  // Node 20 does not know `await using`.
  oxc: { target: "es2023" },
  test: {
    env: programVariables(),
    // A test that claims nothing fails.
    expect: { requireAssertions: true },
    retry: 0,
    // Left to itself Vitest keeps one core for itself: on two cores that is half.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      project("unit", ["packages/toni/src/**/*.test.ts"], 20),
      project("docs", ["docs/**/*.test.ts"], 30),
      project("examples", ["examples/**/*.test.ts"], 30),
      project("e2e", ["e2e/**/*.test.ts"], 30, longTests),
      project("long", longTests, 60),
      project("scripts", ["scripts/**/*.test.mjs"]),
    ],
  },
})
