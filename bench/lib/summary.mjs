import { askedOf, workloads } from "../workloads.mjs"
import { median, quantile } from "./statistics.mjs"

/** The rows of one workload, best first; rows without a figure last. */
export function summarize({ rows, plan, machine }) {
  return workloads.flatMap((workload) => {
    const own = rows.filter((row) => row.workload === workload.id)
    if (own.length === 0) return []
    const lines = own.map((row) => summarizeRow(row, workload, machine))
    const sign = workload.better === "more" ? -1 : 1
    lines.sort((a, b) => (a.value === undefined) - (b.value === undefined) || sign * (a.value - b.value))
    const { connections } = { ...workload.load, ...(plan.isQuick ? workload.quick : {}) }
    return [{ ...workload, rate: own[0].rate, commit: own[0].commit, connections, lines }]
  })
}

function summarizeRow({ contender, runs, absent, rate }, { figure, load }, machine) {
  const good = runs.filter(({ problem }) => problem === undefined)
  const problem = absent ?? runs.find((run) => run.problem)?.problem
  if (good.length === 0) return { contender, marks: [], absent: problem ?? "no run" }
  const of = (name) => (good[0][name] === undefined ? undefined : median(good.map((run) => run[name])))
  const values = good.map((run) => run[figure])
  const [expected, received] = ["expected", "received"].map((name) => good.reduce((sum, run) => sum + run[name], 0))
  const [low, high] = [quantile(values, 0.25), quantile(values, 0.75)]
  const line = {
    contender,
    runs: good.length,
    value: median(values),
    byRound: new Map(good.map((run) => [run.round, run[figure]])),
    low,
    high,
    spread: (high - low) / 2 / (median(values) || 1),
    wall: of("wall"),
    p50: of("p50"),
    p99: of("p99"),
    rss: of("rss"),
    serverShare: of("serverShare"),
    loadShare: of("loadShare"),
    foreign: of("foreign"),
    expected,
    received,
  }
  return { ...line, marks: marks(line, { good, problem, rate, load, late: of("late"), machine }) }
}

function marks({ expected, received, serverShare, loadShare, wall }, { good, problem, rate, load, late, machine }) {
  const list = []
  if (received < expected) list.push(`lost ${count(expected - received)} of ${count(expected)} messages`)
  if (received > expected) list.push(`${count(received - expected)} messages came twice`)
  const lost = good.reduce((sum, run) => sum + run.lost, 0)
  if (lost > 0) list.push(`${count(lost)} connections broke`)
  if (problem) list.push(`a run failed: ${problem}`)
  if (load.mode === "idle") return list
  if (rate && wall < 0.98 * rate) list.push("could not keep up")
  if (rate && late > 1000) list.push(`the generator was ${count(late)} µs late (p99)`)
  if (!rate && serverShare < 0.9) {
    if (machine.generator !== "C" || loadShare > 0.9) list.push("bound by the load generator")
    else list.push(`the server had its core for ${percent(serverShare)} of the time`)
  }
  return list
}

/** How many times the figure of another row: the median of what each round says, in which both met the same machine. */
export function ratioOf(line, to) {
  const ratios = [...(line?.byRound ?? [])].flatMap(([round, value]) => {
    const other = to?.byRound?.get(round)
    return other === undefined ? [] : [value / other]
  })
  return ratios.length === 0 ? undefined : median(ratios)
}

/** What transport.md asks, with what was measured; `ratio` is missing when one of the two rows is. */
export function judge(summaries) {
  return summaries.flatMap((summary) => {
    const { title, lines } = summary
    const row = (name) => lines.find(({ contender }) => contender === name)
    return askedOf(summary).flatMap(({ of, to, atLeast, atMost }) => {
      if (!row(of) || !row(to)) return []
      const ratio = ratioOf(row(of), row(to))
      const isMet = atLeast === undefined ? ratio <= atMost : ratio >= atLeast
      return [{ title, of, to, asked: atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`, ratio, isMet }]
    })
  })
}

export function count(value) {
  return Math.round(value).toLocaleString("en-US")
}

export function percent(share) {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`
}

/** A figure with its unit, where that is not what the column says. */
export function show(value, figure) {
  if (figure === "heap") return `${count(value)} B`
  if (figure !== "p99") return short(value)
  return value < 1000 ? `${count(value)} µs` : `${(value / 1000).toPrecision(3)} ms`
}

/** Three digits, with k and M. */
function short(value) {
  const [scaled, unit] =
    Math.abs(value) >= 1e6 ? [value / 1e6, " M"] : Math.abs(value) >= 1e4 ? [value / 1e3, " k"] : [value, ""]
  return `${unit === "" ? count(scaled) : scaled.toPrecision(3)}${unit}`
}
