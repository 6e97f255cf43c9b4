// Checks that every clause of docs/rules.md is proved by a test that cites it, and that the page lists those tests
// (--write mends the lists).
import "./lib/node-version.mjs"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { filesBelow } from "./lib/files.mjs"
import { checkRules, citations } from "./lib/rule-lists.mjs"
import { root } from "./lib/run.mjs"

const file = join(root, "docs/rules.md")
const isTest = (path) => /\.test\.(?:ts|mjs)$/.test(path) || /\/conformance\/scenarios\/[^/]+\.ts$/.test(path)
const tests = ["packages", "e2e", "examples", "docs"]
  .flatMap((folder) => filesBelow(folder, isTest))
  .flatMap((path) => citations(path, readFileSync(join(root, path), "utf8")))

const page = readFileSync(file, "utf8")
const { text, problems, clauses } = checkRules(page, tests)
if (text !== page) {
  if (process.argv.includes("--write")) writeFileSync(file, text)
  else problems.push("docs/rules.md does not list the tests as they are: npm run rules -- --write")
}
console.log(`${clauses} clauses, ${tests.length} tests that cite them`)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1
