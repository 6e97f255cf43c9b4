import { defineConfig } from "vitest/config"
import { programVariables } from "./scripts/programs.mjs"

/** Tests of each folder; no retries, and a test that claims nothing fails. */
function project(name: string, include: string[]) {
  return {
    extends: true as const,
    test: { name, include, exclude: ["**/node_modules/**", "**/dist/**", "**/*.types.test.ts"] },
  }
}

export default defineConfig({
  // Node 20 does not know `await using`.
  oxc: { target: "es2023" },
  test: {
    env: programVariables(),
    expect: { requireAssertions: true },
    retry: 0,
    projects: [
      project("unit", ["packages/toni/src/**/*.test.ts"]),
      project("docs", ["docs/**/*.test.ts"]),
      project("examples", ["examples/**/*.test.ts"]),
      project("e2e", ["e2e/**/*.test.ts"]),
      project("scripts", ["scripts/**/*.test.mjs"]),
    ],
  },
})
