// Turns results into report.md and its charts. By itself (node bench/report.mjs): from the latest results again.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { drawChart } from "./lib/chart.mjs"
import { count, judge, percent, ratioOf, show, summarize } from "./lib/summary.mjs"

const bench = import.meta.dirname
const readme = join(bench, "../README.md")
const block = /(<!-- bench: begin -->\n)[^]*?(<!-- bench: end -->)/

/** Writes the report; where a part was measured, not over the whole one. Its path. */
export function writeReport(results) {
  const folder = results.isPart ? join(bench, ".cache/part") : bench
  const charts = join(folder, "charts")
  const summaries = summarize(results)
  rmSync(charts, { recursive: true, force: true })
  mkdirSync(charts, { recursive: true })
  for (const summary of summaries) writeFileSync(join(charts, `${summary.id}.svg`), drawChart(summary))
  writeFileSync(join(folder, "report.md"), renderReport(results, summaries))
  if (!results.isPart && !results.plan.isQuick) updateReadme(summaries)
  return join(folder, "report.md")
}

function renderReport({ machine, plan, rows }, summaries) {
  return `# Benchmark report

${plan.isQuick ? "**A quick look: short runs, few contenders. Run `npm run bench` for figures to rely on.**\n\n" : ""}\
${disturbance(rows, machine)}Medians of ${plan.sets * plan.rounds} turns of ${plan.seconds} s, \
${plan.rounds} in each of ${plan.sets} sets of fresh processes; ratios are medians of the ratios within a round.
[How to read this](README.md).

## At a glance

${glance(summaries)}
Messages, deliveries or connections per second of the server's processor time: more is better. Of idle connections the
JavaScript heap of each, at a fixed rate the 99th percentile of the latency: less is better. Every figure is a median; in
the columns with \`×\`, of toni divided by the other, round by round.

## What is asked of toni

${verdicts(summaries)}
${summaries.map(section).join("\n")}
## Machine and versions

${machineTable(machine, plan, summaries)}`
}

/** The table that README.md shows too. */
function glance(summaries) {
  const rows = summaries.map(({ title, figure, lines }) => {
    const of = (name) => lines.find(({ contender }) => contender === name)
    const [ours, ws] = [of("toni"), of("ws")]
    const cell = (line) => (line?.value === undefined ? "–" : show(line.value, figure))
    const others = ["Nest, platform-ws", "Socket.IO"].map((name) => times(ours, of(name)))
    // A native server keeps its connections outside of the heap.
    const native = figure === "heap" ? "–" : times(ours, of("uWebSockets.js (C++)"))
    return [title, cell(ours), cell(ws), `**${times(ours, ws)}**`, ...others, native]
  })
  return table(["", "toni", "`ws`", "× `ws`", "× Nest", "× Socket.IO", "× uWebSockets.js"], rows)
}

function verdicts(summaries) {
  const rows = judge(summaries).map(({ title, of, to, asked, ratio, isMet }) => {
    if (ratio === undefined) return [title, of, to, asked, "not measured", "–"]
    return [title, of, to, asked, ratio.toFixed(3), isMet ? "✓" : "✗"]
  })
  return table(["workload", "of", "compared with", "asked", "measured", ""], rows)
}

function section({ id, title, figure, unit, rate, load, connections, lines }) {
  const head = { idle: ["RSS per connection"] }[load.mode] ?? ["wall rate, 1/s", "p50, µs", "p99, µs"]
  const ws = lines.find(({ contender }) => contender === "ws")
  const body = lines.map((line) => {
    if (line.absent) return [line.contender, "absent", "", "", ...head.map(() => ""), "", oneLine(line.absent)]
    const { contender, value, low, high, wall, p50, p99, rss, received, expected } = line
    const beside = load.mode === "idle" ? [`${count(rss)} B`] : [count(wall), count(p50), count(p99)]
    const range = `${show(low, figure)} – ${show(high, figure)} (± ${percent(line.spread)})`
    const delivered = received === expected ? count(received) : `**${count(received)} of ${count(expected)}**`
    return [
      contender,
      show(value, figure),
      times(line, ws),
      range,
      ...beside,
      delivered,
      line.marks.map(oneLine).join("; "),
    ]
  })
  const settings = [`${count(connections)} connections`, rate && `${count(rate)} messages per second`]
  return `## ${title}

![${title}](charts/${id}.svg)

${settings.filter(Boolean).join(", ")}. ${figure === "perCpu" ? "More" : "Less"} is better.

${table(["", unit, "÷ `ws`", "middle half", ...head, "delivered", "notes"], body)}`
}

function disturbance(rows, { loadBefore, loadAfter }) {
  const shares = rows.flatMap(({ runs }) => runs.map(({ foreign }) => foreign)).filter((share) => share !== undefined)
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
  if (!(mean > 0.1)) return ""
  return `**The machine was disturbed: other programs used ${percent(mean)} of it during the runs (load average \
${loadBefore} before, ${loadAfter} after). Measure again on a quiet one.**\n\n`
}

function machineTable(machine, plan, summaries) {
  const { pinned, versions } = machine
  const generator = machine.generatorReason ? `JavaScript (${machine.generatorReason})` : "C, bench/load"
  const rows = [
    ["date", machine.date],
    ["toni", `commit ${measuredAt(summaries)}`],
    ["processor", `${machine.cpu}, ${machine.cores} cores`],
    ["memory", `${(machine.memory / 2 ** 30).toFixed(1)} GiB`],
    ["system", machine.system],
    ["Node", `${machine.node}, V8 ${machine.v8}`],
    ["pinned", pinned.reason ?? `server to core ${pinned.server}, load generator to core ${pinned.load}`],
    ["load generator", oneLine(generator)],
    ["load average", `${machine.loadBefore} before, ${machine.loadAfter} after`],
    [
      "turns",
      `${plan.rounds} of ${plan.seconds} s in each of ${plan.sets} sets; a fresh process warms up for ${plan.warmup} s`,
    ],
    ...Object.entries(versions).filter(([, version]) => version !== ""),
  ]
  return table(["", ""], rows)
}

/** The commit of each workload: that of most of them, and which others were measured at another one. */
function measuredAt(summaries) {
  const titles = new Map()
  for (const { title, commit } of summaries) titles.set(commit, [...(titles.get(commit) ?? []), `“${title}”`])
  const [[most], ...others] = [...titles].sort(([, a], [, b]) => b.length - a.length)
  if (others.length === 0) return most
  return `${others.map(([commit, own]) => `${commit} for ${own.join(" and ")}`).join("; ")}; ${most} for all others`
}

function updateReadme(summaries) {
  const text = existsSync(readme) ? readFileSync(readme, "utf8") : ""
  if (block.test(text))
    writeFileSync(
      readme,
      text.replace(block, (_, begin, end) => `${begin}\n${glance(summaries)}\n${end}`),
    )
}

function times(line, base) {
  return ratioOf(line, base)?.toPrecision(3) ?? "–"
}

function oneLine(text) {
  return text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|").slice(0, 160)
}

/** Columns as wide as the formatter makes them. */
function table(head, rows) {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => [...row[column]].length)))
  const pad = (cell, column) => cell + " ".repeat(widths[column] - [...cell].length)
  const line = (cells) => `| ${cells.map(pad).join(" | ")} |\n`
  return line(head) + line(widths.map((width) => "-".repeat(width))) + rows.map(line).join("")
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const file = join(bench, ".cache/results.json")
  if (existsSync(file)) console.log(`Wrote ${writeReport(JSON.parse(readFileSync(file, "utf8")))}`)
  else console.error("There are no results yet: npm run bench")
}
