// Checks the imports and the file sizes of packages/toni/src, and the graph in ARCHITECTURE.md (--write redraws it).
import "./lib/node-version.mjs"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { budget, longFiles, notDrawn, parts } from "./architecture.data.mjs"
import { checkEntries, checkOutsiders, checkSizes, checkSources, drawGraph } from "./lib/architecture-rules.mjs"
import { filesBelow } from "./lib/files.mjs"
import { root } from "./lib/run.mjs"

const begin = "<!-- import graph: begin -->"
const end = "<!-- import graph: end -->"
const write = process.argv.includes("--write")

const sources = read("packages/toni/src", /\.[cm]?tsx?$/)
const { problems, partEdges } = checkSources(sources, parts)
const { exports } = JSON.parse(readFileSync(join(root, "packages/toni/package.json"), "utf8"))
const sizes = checkSizes(sources, budget, longFiles)
const outsiders = ["examples", "docs", "bench", "e2e"].flatMap((folder) => [...readWhole(folder, /\.[cm]?[jt]sx?$/)])

problems.push(
  ...checkEntries([...sources.keys()], parts, exports),
  ...checkOutsiders(outsiders),
  ...sizes.problems,
  ...checkDrawing(),
)
console.log(sizes.report.join("\n"))
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1

function checkDrawing() {
  const file = join(root, "ARCHITECTURE.md")
  const text = existsSync(file) ? readFileSync(file, "utf8") : "# Architecture\n"
  const drawing = `${begin}\n\n${drawGraph(partEdges, notDrawn)}\n\n${end}`
  const [before, rest] = text.split(begin)
  const after = rest?.split(end)[1]
  const wanted = after === undefined ? `${text}\n${drawing}\n` : before + drawing + after
  if (wanted === text) return []
  if (!write) return ["the import graph in ARCHITECTURE.md is out of date: npm run architecture -- --write"]
  writeFileSync(file, wanted)
  return []
}

function readWhole(folder, pattern) {
  const paths = filesBelow(folder, (path) => pattern.test(path))
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]))
}

/** Paths in the answer start below the folder. */
function read(folder, pattern) {
  return new Map([...readWhole(folder, pattern)].map(([path, text]) => [path.slice(folder.length + 1), text]))
}
