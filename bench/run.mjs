// npm run bench: installs the contenders, measures them in alternating runs, writes report.md.
import "../scripts/lib/node-version.mjs"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { parseArgs } from "node:util"
import { build } from "../scripts/build.mjs"
import { ensureContenders } from "./lib/install.mjs"
import { chooseCores } from "./lib/cores.mjs"
import { findGenerator } from "./lib/generator.mjs"
import { currentCommit, describeMachine, loadAverage } from "./lib/machine.mjs"
import { check } from "./check.mjs"
import { contenders } from "./contenders.mjs"
import { writeReport } from "./report.mjs"
import { runAll } from "./lib/rounds.mjs"
import { workloads } from "./workloads.mjs"

const resultsFile = join(import.meta.dirname, ".cache/results.json")

const help = `npm run bench -- [options]
  --quick             fewer contenders, a few short turns each: about two minutes
  --check             one short run of toni and ws in each workload; fails only when a message is lost
  --only=a,b          these contenders (the names of files in bench/contenders)
  --workloads=a,b     these workloads (the ids in bench/workloads.mjs)
  --again=a,b         these workloads once more, into the last report: where the machine was disturbed meanwhile
  --sets=n            sets of fresh processes (default 4)
  --rounds=n          turns of each process (default 6)
  --seconds=n         length of one turn (default 0.4)
  --no-build          take packages/toni/dist as it is`

const { values: wish } = parseArgs({
  allowNegative: true,
  options: {
    quick: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    build: { type: "boolean", default: true },
    help: { type: "boolean", default: false },
    only: { type: "string" },
    workloads: { type: "string" },
    again: { type: "string" },
    sets: { type: "string" },
    rounds: { type: "string" },
    seconds: { type: "string" },
  },
})

if (wish.help) console.log(help)
else if (wish.again !== undefined && (wish.only ?? wish.workloads) !== undefined) {
  console.error("--again measures all contenders of its workloads: it goes without --only and --workloads")
  process.exitCode = 1
} else process.exitCode = await main()

async function main() {
  if (wish.build) {
    const { ok, output } = await build(["packages/toni"])
    if (!ok) {
      console.error(output)
      return 1
    }
  }
  const generator = findGenerator()
  const cores = chooseCores()
  if (generator.reason) console.log(`Load generator in JavaScript, its rows are bound by it: ${generator.reason}`)
  if (cores.reason) console.log(`Nothing is pinned to a core: ${cores.reason}`)
  if (wish.check) return check({ generator, cores })

  if (!(await ensureContenders())) return 1
  const earlier = wish.again === undefined ? undefined : readResults()
  if (wish.again !== undefined && !earlier) {
    console.error("There is no report yet to measure again for: npm run bench")
    return 1
  }
  const chosen = {
    workloads: workloads.filter(({ id }) => isWanted(wish.again ?? wish.workloads, id)),
    contenders: contenders.filter(({ file }) => isWanted(wish.only, file)),
  }
  if (chosen.workloads.length === 0 || chosen.contenders.length === 0) {
    console.error(`Nothing is left to measure.\n\n${help}`)
    return 1
  }
  const plan = earlier?.plan ?? {
    isQuick: wish.quick,
    hasAll: !wish.quick || wish.only !== undefined,
    sets: Number(wish.sets ?? (wish.quick ? 1 : 4)),
    rounds: Number(wish.rounds ?? (wish.quick ? 5 : 6)),
    warmup: wish.quick ? 0.25 : 1,
    seconds: Number(wish.seconds ?? (wish.quick ? 0.25 : 0.4)),
  }
  const machine = earlier?.machine ?? describeMachine({ generator, cores, contenders })
  const kept = earlier?.rows.filter(({ workload }) => chosen.workloads.every(({ id }) => id !== workload)) ?? []
  const rows = await runAll({ ...chosen, plan, generator, cores, kept, commit: currentCommit() })
  const isPart = wish.only !== undefined || wish.workloads !== undefined
  const results = { isPart, machine: { ...machine, loadAfter: loadAverage() }, plan, rows }
  mkdirSync(dirname(resultsFile), { recursive: true })
  writeFileSync(resultsFile, JSON.stringify(results, undefined, 1))
  console.log(`\nWrote ${writeReport(results)}`)
  return 0
}

/** Of the last run of everything. */
function readResults() {
  const results = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, "utf8")) : undefined
  return results?.isPart === false ? results : undefined
}

function isWanted(list, name) {
  return list === undefined || list.split(",").includes(name)
}
