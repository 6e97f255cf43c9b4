import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** So that perf can name what the compiler of V8 has made. */
export const perfFlags = ["--perf-basic-prof", "--no-logfile-per-isolate", "--logfile=/dev/null"]

/** Records where a process is, 4,000 times a second of its time, until `stop` is called. */
export function record(pid) {
  if (spawnSync("perf", ["--version"]).status !== 0) throw new Error("There is no perf on this machine.")
  const folder = mkdtempSync(join(tmpdir(), "toni-perf-"))
  const file = join(folder, "perf.data")
  const map = `/tmp/perf-${pid}.map`
  const args = ["record", "-q", "-e", "cpu-clock", "-F", "4000", "-p", String(pid), "-o", file]
  const perf = spawn("perf", args, { stdio: "ignore" })
  return {
    async stop() {
      perf.kill("SIGINT")
      await once(perf, "exit")
    },
    /** The share of each symbol in its time. */
    shares() {
      keepLatest(map)
      const report = ["report", "-i", file, "--no-children", "--sort", "symbol", "--stdio"]
      const { stdout } = spawnSync("perf", report, { encoding: "utf8", maxBuffer: 2 ** 28 })
      return readShares(stdout)
    },
    dispose() {
      rmSync(folder, { recursive: true })
      rmSync(map, { force: true })
    },
  }
}

/** V8 uses memory again for new code, and says so behind what it said before; perf would believe the first. */
function keepLatest(file) {
  if (!existsSync(file)) return
  const entries = readFileSync(file, "latin1")
    .split("\n")
    .map((line) => /^(\S+) (\S+) (.*)$/.exec(line))
    .filter(Boolean)
    .map(([, start, length, name]) => ({
      start: Number.parseInt(start, 16),
      length: Number.parseInt(length, 16),
      name,
    }))
  const ends = entries.map(({ start, length }) => start + length)
  const isLatest = newestFirst(entries, ends)
  const kept = entries.filter((_, index) => isLatest[index])
  const lines = kept.map(({ start, length, name }) => `${start.toString(16)} ${length.toString(16)} ${name}\n`)
  writeFileSync(file, lines.join(""), "latin1")
}

/** Which entries nothing that came later overlaps. */
function newestFirst(entries, ends) {
  const page = 4096
  const taken = new Map()
  const isLatest = entries.map(() => false)
  for (let index = entries.length - 1; index >= 0; index--) {
    const { start } = entries[index]
    const end = ends[index]
    const pages = []
    for (let at = Math.floor(start / page); at * page < end; at++) pages.push(at)
    const overlaps = pages.some((at) =>
      taken.get(at)?.some((later) => entries[later].start < end && ends[later] > start),
    )
    if (overlaps) continue
    isLatest[index] = true
    for (const at of pages) taken.set(at, [...(taken.get(at) ?? []), index])
  }
  return isLatest
}

function readShares(report) {
  const shares = new Map()
  for (const line of report.split("\n")) {
    const [, percent, level, name] = /^\s+([\d.]+)%\s+\[(.)\]\s+(.*?)\s*(?:-\s*)*$/.exec(line) ?? []
    if (name === undefined) continue
    const symbol = level === "k" ? `[kernel] ${name}` : name.replaceAll(/(?:file:\/\/)?\/\S*\/(?=[^/]+\/[^/]+$)/g, "")
    shares.set(symbol, (shares.get(symbol) ?? 0) + Number(percent) / 100)
  }
  return shares
}
