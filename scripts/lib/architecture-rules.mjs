import { posix } from "node:path"
import { findCycles } from "./cycles.mjs"
import { readImports } from "./imports.mjs"

/**
 * Judges a tree of sources, given as path → text, by parts as in architecture.data.mjs. Tests are no part of it.
 * Answers the problems as lines of text, and the edges between parts that it found.
 */
export function checkSources(sources, parts) {
  const problems = []
  const files = new Map([...sources].filter(([path]) => !isTest(path)))
  const fileEdges = new Map()
  const partEdges = new Map()

  if (files.size === 0) problems.push("No source file was found: nothing was checked.")
  for (const [path, text] of files) {
    const part = partOf(path, parts)
    if (part === undefined) {
      problems.push(`${path} belongs to no part: move it, or add a part to scripts/architecture.data.mjs`)
      continue
    }
    const { imports, otherStatements, error } = readImports(path, text)
    if (error !== undefined) problems.push(`${path} cannot be read: ${error}`)
    if (part.entry) {
      for (const line of otherStatements)
        problems.push(`${path}:${line} an entry file only re-exports names from elsewhere`)
    }
    fileEdges.set(path, new Set())
    for (const { specifier, line } of imports) {
      const problem = judge(path, part, specifier)
      if (problem !== undefined) problems.push(`${path}:${line} ${problem}`)
    }
  }
  for (const group of findCycles(fileEdges))
    problems.push(`these files import each other in a circle: ${group.join(", ")}`)
  return { problems, partEdges }

  function judge(path, part, specifier) {
    if (specifier === undefined) return "imports something that is not a plain string"
    if (specifier.startsWith("node:"))
      return part.node ? undefined : `${part.name} may not import ${specifier}: only implementations know Node`
    if (!specifier.startsWith(".")) {
      const name = specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/")
      const allowed = part.npm === "anything" || part.npm?.includes(name)
      return allowed ? undefined : `${part.name} may not import the package ${name}`
    }
    const target = posix.join(posix.dirname(path), specifier)
    if (isTest(target)) return `imports the test ${target}`
    if (!files.has(target)) return `imports ${specifier}, which is no file`
    fileEdges.get(path).add(target)
    const other = partOf(target, parts)
    if (other === undefined || other === part) return undefined
    if (!partEdges.has(part.name)) partEdges.set(part.name, new Set())
    partEdges.get(part.name).add(other.name)
    if (part.may === "anything" || part.may.includes(other.name)) return undefined
    if (isImplementation(part) && isImplementation(other))
      return `${part.name} may not import ${target}: implementations never import each other`
    return `${part.name} may not import ${other.name} (${target})`
  }
}

/** Problems of code outside of the package, which has to import it by name. Given as path from the top → text. */
export function checkOutsiders(sources) {
  const problems = []
  for (const [path, text] of sources) {
    for (const { specifier, line } of readImports(path, text).imports) {
      const target = specifier?.startsWith(".") ? posix.join(posix.dirname(path), specifier) : specifier
      if (/^(packages\/)?toni\/(src|dist)(\/|$)/.test(target ?? "")) {
        problems.push(`${path}:${line} imports ${specifier}: import the package by name`)
      }
    }
  }
  return problems
}

/** Problems between the exports of package.json and the entry files. */
export function checkEntries(paths, parts, exports) {
  const exported = Object.values(exports)
    .map((target) => (typeof target === "string" ? target : target.default))
    .filter((target) => target !== "./package.json")
    .map((target) => target.replace(/^\.\/dist\//, "").replace(/\.js$/, ".ts"))
  const entries = paths.filter((path) => partOf(path, parts)?.entry)
  return [
    ...exported
      .filter((path) => !entries.includes(path))
      .map(
        (path) =>
          `package.json exports ${path}: ${paths.includes(path) ? "not marked as an entry file" : "no such file"}`,
      ),
    ...entries
      .filter((path) => !exported.includes(path))
      .map((path) => `${path} is an entry file, but package.json does not export it`),
  ]
}

/** The graph between parts as Mermaid text. */
export function drawGraph(partEdges, notDrawn) {
  const lines = []
  for (const from of [...partEdges.keys()].sort()) {
    if (notDrawn.from.includes(from)) continue
    const targets = [...partEdges.get(from)].filter((to) => !notDrawn.to.includes(to)).sort()
    for (const to of targets) lines.push(`  ${shape(from)} --> ${shape(to)}`)
  }
  return ["```mermaid", "flowchart BT", ...lines, "```"].join("\n")
}

function shape(name) {
  const id = name.replaceAll(/[^a-z]/g, "_")
  return id === name ? id : `${id}["${name}"]`
}

/** Problems with the sizes of files, and the report to print. */
export function checkSizes(sources, budget, longFiles) {
  const sizes = [...sources]
    .filter(([path]) => !isTest(path))
    .map(([path, text]) => ({ path, lines: text.trimEnd().split("\n").length }))
    .sort((a, b) => b.lines - a.lines)
  if (sizes.length === 0) return { problems: [], report: [] }
  const median = sizes[Math.floor(sizes.length / 2)].lines
  const large = sizes.filter(({ lines }) => lines > budget.secondLook)
  const problems = large
    .filter(({ path, lines }) => lines > budget.reasonNeeded && !longFiles[path])
    .map(
      ({ path, lines }) =>
        `${path} has ${lines} lines: above ${budget.reasonNeeded}, give a reason in scripts/architecture.data.mjs`,
    )
  if (median > budget.median) problems.push(`the median file has ${median} lines: the budget is ${budget.median}`)
  for (const path of Object.keys(longFiles)) {
    const size = sizes.find((each) => each.path === path)
    if (size === undefined || size.lines <= budget.reasonNeeded)
      problems.push(`${path} needs no reason for its length any more`)
  }
  const report = [
    `${sizes.length} files, median ${median} lines`,
    ...large.map(({ path, lines }) => `  second look: ${path} (${lines} lines)`),
  ]
  return { problems, report }
}

function partOf(path, parts) {
  return parts.find(({ files }) => files.some((pattern) => matches(pattern, path)))
}

function matches(pattern, path) {
  const expression = pattern
    .replaceAll(".", "\\.")
    .replaceAll(/\*\*\/|\*\*|\*/g, (stars) => (stars === "*" ? "[^/]*" : stars === "**/" ? "(.*/)?" : ".*"))
  return new RegExp(`^${expression}$`).test(path)
}

function isImplementation({ name }) {
  return /^(adapter|backplane)\//.test(name)
}

function isTest(path) {
  return path.endsWith(".test.ts") || path.includes("/test/")
}
