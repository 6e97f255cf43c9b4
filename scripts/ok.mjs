// npm run ok: every check that a change must pass, two at a time. Assumes that dependencies are installed. With --all
// (npm test) the long tests run too, see long-tests.mjs, and the benchmark's check that nothing is lost.
import "./lib/node-version.mjs"
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { build } from "./build.mjs"
import { filesBelow } from "./lib/files.mjs"
import { npm, run, tool } from "./lib/run.mjs"
import { runSteps } from "./lib/steps.mjs"
import { isLong } from "./long-tests.mjs"
import { findProgram, programs } from "./programs.mjs"

const all = process.env.TONI_TESTS === "all" || process.argv.includes("--all")
const scratch = mkdtempSync(join(tmpdir(), "toni-ok-"))
const missing = programs.filter((program) => (all || !program.long) && findProgram(program) === undefined)
const begin = performance.now()

const results = await runSteps([
  { name: "build", run: () => build() },
  { name: "format", run: () => command(tool("oxfmt", "--check")) },
  { name: "architecture", run: () => command([process.execPath, "scripts/architecture.mjs"]) },
  { name: "rules", run: () => command([process.execPath, "scripts/rules.mjs"]) },
  { name: "snippets", run: () => command([process.execPath, "scripts/snippets.mjs"]) },
  { name: "tests", after: ["build"], run: tests },
  { name: "types", after: ["build"], run: types },
  { name: "lint", after: ["build"], run: () => command(tool("oxlint", "--deny-warnings")) },
  { name: "unused", after: ["build"], run: () => command(tool("knip", "--no-progress")) },
  { name: "package", after: ["build"], run: packageChecks },
  // What it measures means nothing while tests run; it only counts deliveries.
  ...(all
    ? [
        {
          name: "bench",
          after: ["tests"],
          run: () => command([process.execPath, "bench/run.mjs", "--check", "--no-build"]),
        },
      ]
    : []),
])

const { passed = 0, failed = 1, skipped = [] } = results.get("tests").report ?? {}
const broken = [...results].filter(([, { ok }]) => !ok).map(([name]) => name)

for (const { name, note } of skipped) console.log(`not run  ${name}${note === undefined ? "" : ` (${note})`}`)
for (const { name, advice } of missing) console.log(`missing  ${name}, which tests need: ${advice}`)
if (!all) console.log(`left to npm test: ${testFiles().filter(isLong).length} files of long tests`)
console.log(broken.length === 0 ? "" : `\nFailed: ${broken.join(", ")}`)
console.log(`${((performance.now() - begin) / 1000).toFixed(1)} s`)
console.log(`tests: ${passed} passed, ${failed} failed, ${skipped.length} skipped`)
rmSync(scratch, { recursive: true })

// A test that did not run proves nothing, whatever the reason.
process.exitCode = broken.length === 0 && missing.length === 0 && skipped.length === 0 ? 0 : 1

/** Runs commands in turn, all of them, and fails when one does. */
async function command(...lines) {
  let ok = true
  let output = ""
  for (const line of lines) {
    const result = await run(line)
    ok &&= result.code === 0
    output += result.output
  }
  return { ok, output }
}

/** The build has checked what ships; this checks the tests, which are not built. */
function types() {
  return command(
    tool("tsc", "-p", "packages/toni/tsconfig.test.json"),
    tool("tsc", "-p", "docs/tsconfig.test.json"),
    tool("tsc", "-p", "examples/tsconfig.json"),
    tool("tsc", "-p", "e2e/tsconfig.json"),
  )
}

async function tests() {
  const file = join(scratch, "tests.json")
  const { code, output } = await run(
    tool(
      "vitest",
      "run",
      "--reporter=default",
      "--reporter=./scripts/vitest-reporter.mjs",
      ...(all ? [] : ["--project=!long"]),
    ),
    {
      env: { TONI_TEST_REPORT: file },
    },
  )
  let report
  try {
    report = JSON.parse(readFileSync(file, "utf8"))
  } catch {
    return { ok: false, output: `${output}\nVitest ended without a report.\n` }
  }
  const stray = testFiles().filter((path) => !report.files.includes(path) && (all || !isLong(path)))
  const problems = [
    ...stray.map((path) => `${path} is a test that no project in vitest.config.ts runs.\n`),
    ...(report.passed === 0 ? ["Not one test passed.\n"] : []),
  ]
  const note = Object.entries(report.projects)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ")
  return {
    ok: code === 0 && report.failed === 0 && problems.length === 0,
    output: output + problems.join(""),
    note,
    report,
  }
}

/** Tests of types alone (*.types.test.ts) are compiled, not run. */
function testFiles() {
  return filesBelow("", (path) => /\.test\.[cm]?[jt]s$/.test(path) && !path.endsWith(".types.test.ts"))
}

/** Checks the package as npm would publish it. */
async function packageChecks() {
  const pack = await command(npm("pack", "--silent", "--pack-destination", scratch, "--workspace", "toni"))
  if (!pack.ok) return pack
  const tarball = join(
    scratch,
    readdirSync(scratch).find((file) => file.endsWith(".tgz")),
  )
  return command(
    tool("publint", "run", tarball, "--strict"),
    tool("attw", tarball, "--profile", "esm-only", "--no-color"),
  )
}
