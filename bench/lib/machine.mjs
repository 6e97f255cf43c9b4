import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os"
import { join } from "node:path"

const bench = join(import.meta.dirname, "..")

/** What a reader needs to judge the figures. */
export function describeMachine({ generator, cores, contenders }) {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memory: totalmem(),
    system: `${type()} ${release()} ${arch()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    generator: generator.name,
    generatorReason: generator.reason,
    pinned: cores,
    loadBefore: loadAverage(),
    versions: Object.fromEntries(contenders.map(({ name, packages }) => [name, packages.map(version).join(", ")])),
  }
}

/** How many programs wanted to run, on average over the last minute. */
export function loadAverage() {
  return Number(loadavg()[0].toFixed(2))
}

/** The commit of toni that is measured. */
export function currentCommit() {
  try {
    const git = (...args) => execFileSync("git", args, { cwd: bench, encoding: "utf8" }).trim()
    const isDirty = git("status", "--porcelain", "--", "../packages") !== ""
    return `${git("rev-parse", "--short", "HEAD")}${isDirty ? " with changes" : ""}`
  } catch {
    return "unknown"
  }
}

function version(name) {
  const folders = createRequire(join(bench, "run.mjs")).resolve.paths(name) ?? []
  const file = folders.map((folder) => join(folder, name, "package.json")).find((path) => existsSync(path))
  return `${name} ${file === undefined ? "(not installed)" : JSON.parse(readFileSync(file, "utf8")).version}`
}
