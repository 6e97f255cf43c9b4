// node bench/profile.mjs WORKLOAD CONTENDER CONTENDER (after npm run build): where the processor time of a message goes in
// two servers that take turns, and where they differ. Contenders are files of contenders/. Needs the perf of Linux.
import { chooseCores } from "./lib/cores.mjs"
import { findGenerator } from "./lib/generator.mjs"
import { measureOn } from "./lib/measure.mjs"
import { perfFlags, record } from "./lib/perf.mjs"
import { startServer } from "./lib/server.mjs"
import { median } from "./lib/statistics.mjs"
import { contenders } from "./contenders.mjs"
import { workloads } from "./workloads.mjs"

const turns = 8
const settings = { warmup: 0.2, seconds: 0.6 }
const mostSymbols = 25

const [id, ...files] = process.argv.slice(2)
const workload = workloads.find((each) => each.id === id)
const chosen = files.map((file) => contenders.find((contender) => contender.file === file))
if (workload?.figure !== "perCpu" || chosen.length !== 2 || chosen.includes(undefined)) {
  const able = workloads.filter(({ figure }) => figure === "perCpu").map((each) => each.id)
  console.error(`node bench/profile.mjs WORKLOAD CONTENDER CONTENDER
  workloads: ${able.join(", ")}
  contenders: ${contenders.map(({ file }) => file).join(", ")}`)
  process.exitCode = 1
} else await main()

async function main() {
  const [generator, cores] = [findGenerator(), chooseCores()]
  const servers = []
  const recordings = []
  try {
    for (const contender of chosen) servers.push(await startServer(contender, cores.server, perfFlags))
    const run = (at, own) =>
      measureOn(servers[at], { workload, contender: chosen[at], settings: own, generator, cores })
    for (const at of [0, 1]) await run(at, { warmup: 3, seconds: 0.2 })
    for (const { pid } of servers) recordings.push(record(pid))
    const costs = [[], []]
    for (let turn = 0; turn < turns; turn++) {
      for (const at of turn % 2 === 0 ? [0, 1] : [1, 0]) {
        const { perCpu, problem } = await run(at, settings)
        if (problem) throw new Error(`${chosen[at].name}: ${problem}`)
        costs[at].push(1e9 / perCpu)
      }
    }
    for (const recording of recordings) await recording.stop()
    show(recordings.map((recording, at) => profileOf(recording.shares(), median(costs[at]))))
  } finally {
    for (const server of servers) await server.stop()
    for (const recording of recordings) recording.dispose()
  }
}

/** Nanoseconds for each message, by symbol and by who has made the code. */
function profileOf(shares, cost) {
  const symbols = new Map([...shares].map(([symbol, share]) => [symbol, share * cost]))
  const kinds = new Map()
  for (const [symbol, time] of symbols) kinds.set(kindOf(symbol), (kinds.get(kindOf(symbol)) ?? 0) + time)
  return { cost, symbols, kinds }
}

function kindOf(symbol) {
  if (symbol.startsWith("[kernel]")) return "kernel"
  if (symbol.startsWith("JS:")) return /\bnode:/.test(symbol) ? "JavaScript of Node" : "JavaScript of the contender"
  if (symbol.startsWith("Builtins_")) return "builtins of V8"
  if (/Scaveng|Mark|Sweep|Evacuat|GarbageCollect|Worklist/.test(symbol)) return "garbage collection"
  return "C++ of Node and V8"
}

function show([first, second]) {
  const line = (name, a, b) => {
    const [left, right, difference] = [a, b, a - b].map((ns) => ns.toFixed(0).padStart(8))
    console.log(`${left} ${right} ${difference}   ${name}`)
  }
  console.log(
    `ns of processor time for each message\n${chosen.map(({ file }) => file.slice(0, 8).padStart(8)).join(" ")}     more`,
  )
  line("all", first.cost, second.cost)
  for (const kind of [...new Set([...first.kinds.keys(), ...second.kinds.keys()])].sort())
    line(kind, first.kinds.get(kind) ?? 0, second.kinds.get(kind) ?? 0)
  const of = ({ symbols }, name) => symbols.get(name) ?? 0
  const difference = (name) => Math.abs(of(first, name) - of(second, name))
  const names = [...new Set([...first.symbols.keys(), ...second.symbols.keys()])]
  console.log("\nwhere they differ most")
  for (const name of names.sort((a, b) => difference(b) - difference(a)).slice(0, mostSymbols))
    line(name, of(first, name), of(second, name))
}
