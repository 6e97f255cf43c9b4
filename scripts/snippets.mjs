// Checks that the code blocks of README.md and docs/*.md are pieces of real files (--write fills them in).
import "./lib/node-version.mjs"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join, posix } from "node:path"
import { filesBelow } from "./lib/files.mjs"
import { root } from "./lib/run.mjs"
import { checkPage } from "./lib/snippet-rules.mjs"

const write = process.argv.includes("--write")
const pages = ["README.md", ...filesBelow("docs", (path) => /^docs\/[^/]+\.md$/.test(path))]
const problems = []
let blocks = 0

for (const page of pages) {
  const file = join(root, page)
  let text = readFileSync(file, "utf8")
  let result = checkPage(page, text, readSource)
  if (write && result.text !== text) {
    writeFileSync(file, result.text)
    text = result.text
    result = checkPage(page, text, readSource)
  }
  problems.push(...result.problems)
  blocks += result.count
}

console.log(`${pages.length} pages, ${blocks} code blocks with a source`)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1

/** Only folders whose files are compiled and run. */
function readSource(path) {
  const file = join(root, path)
  const isKnown = /^(docs\/snippets|examples)\//.test(posix.normalize(path))
  return isKnown && existsSync(file) ? readFileSync(file, "utf8") : undefined
}
