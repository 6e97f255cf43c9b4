import { measure, measureOn } from "./measure.mjs"
import { startServer } from "./server.mjs"
import { median } from "./statistics.mjs"
import { show } from "./summary.mjs"

/**
 * Every workload against every contender. Rows that are `kept` stand beside the new ones. Each run says in which round
 * it was, so that it can be compared with what the others did in the same moment; each row, at which commit of toni.
 */
export async function runAll({ workloads, contenders, plan, generator, cores, kept, commit }) {
  const rows = [...kept]
  const absent = new Map()
  for (const workload of workloads) {
    const rate = rateFor(workload, rows)
    console.log(`\n${workload.title}${rate ? ` (${rate} per second)` : ""}`)
    if (workload.rate && rate === undefined) {
      console.log(`  left out: it needs ${workload.rate.of} on ${workload.rate.on} in the same run`)
      continue
    }
    const able = contenders.filter((contender) => takesPart(contender, workload, plan))
    const runs = new Map(able.map(({ name }) => [name, []]))
    const measureSet = workload.load.mode === "idle" ? inFreshProcesses : inTurns
    for (let set = 0; set < plan.sets; set++) {
      const present = rotated(able, set).filter(({ name }) => !absent.has(name))
      await measureSet({ workload, present, set, runs, absent, plan, rate, generator, cores })
      for (const { name } of present) console.log(line(workload, `${set + 1}/${plan.sets}`, name, runs, absent))
    }
    for (const [name, own] of runs) {
      rows.push({ workload: workload.id, contender: name, commit, rate, runs: own, absent: absent.get(name) })
    }
  }
  return rows
}

/**
 * All contenders are up and warm at once, and take short turns: A B C, B C A, … What the machine does meanwhile lasts
 * longer than a turn, so it meets all of them, and nobody always comes after the same neighbour.
 */
async function inTurns({ workload, present, set, runs, absent, plan, ...rest }) {
  const { warm, turn } = settingsOf(workload, plan)
  const servers = new Map()
  const measureOne = (contender, settings) =>
    measureOn(servers.get(contender.name), { workload, contender, settings, ...rest })
  try {
    for (const contender of present) {
      try {
        servers.set(contender.name, await startServer(contender, rest.cores.server, [], workload.env))
      } catch (error) {
        absent.set(contender.name, error.message)
        continue
      }
      await measureOne(contender, warm)
    }
    for (let round = 0; round < plan.rounds; round++) {
      for (const contender of rotated(present, round)) {
        if (!servers.has(contender.name)) continue
        const run = await measureOne(contender, turn)
        runs.get(contender.name).push({ ...run, round: set * plan.rounds + round })
        if (run.problem) await stop(servers, contender.name)
      }
    }
  } finally {
    for (const name of servers.keys()) await stop(servers, name)
  }
}

async function inFreshProcesses({ workload, present, set, runs, absent, plan, ...rest }) {
  const settings = plan.isQuick ? workload.quick : {}
  for (const contender of present) {
    const run = await measure({ workload, contender, settings, ...rest })
    if (run.problem && set === 0) absent.set(contender.name, run.problem)
    else runs.get(contender.name).push({ ...run, round: set })
  }
}

async function stop(servers, name) {
  await servers.get(name).stop()
  servers.delete(name)
}

function takesPart({ name, lacks = [], quick = [] }, { id, only }, { hasAll }) {
  if (only !== undefined && !only.includes(name)) return false
  return !lacks.includes(id) && (hasAll || quick === "all" || quick.includes(id))
}

/** Of a turn, the beginning is not counted: connections that are new, and caches that belonged to somebody else. */
function settingsOf({ settings: own, quick }, { isQuick, warmup, seconds }) {
  const wish = { warmup, seconds, ...(isQuick ? quick : own) }
  return { warm: wish, turn: { ...wish, warmup: wish.seconds / 4 } }
}

function rateFor({ rate }, rows) {
  if (!rate) return undefined
  const row = rows.find(({ workload, contender }) => workload === rate.on && contender === rate.of)
  const walls = row?.runs.filter(({ wall }) => wall > 0).map(({ wall }) => wall) ?? []
  return walls.length === 0 ? undefined : Math.round((rate.share * median(walls)) / 1000) * 1000
}

function rotated(list, by) {
  const at = list.length === 0 ? 0 : by % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}

function line({ figure, unit }, set, name, runs, absent) {
  const own = runs.get(name)
  const good = own.filter(({ problem }) => problem === undefined)
  const problem = absent.get(name) ?? own.find((run) => run.problem)?.problem
  const value = good.length === 0 ? "" : `${show(median(good.map((run) => run[figure])), figure)} ${unit}`
  return `  ${set}  ${name.padEnd(24)} ${[value, problem].filter(Boolean).join("; ")}`
}
