import { measure } from "./measure.mjs"
import { median } from "./statistics.mjs"
import { show } from "./summary.mjs"

/**
 * Every workload against every contender, in rounds: A B C, B C A, … so that what the machine does meanwhile meets
 * all of them, and nobody always comes after the same neighbour. Rows that are `kept` stand beside the new ones.
 */
export async function runAll({ workloads, contenders, plan, generator, cores, kept }) {
  const rows = [...kept]
  const absent = new Map()
  for (const workload of workloads) {
    const able = contenders.filter((contender) => takesPart(contender, workload, plan))
    const runs = new Map(able.map(({ name }) => [name, []]))
    const rate = rateFor(workload, rows)
    console.log(`\n${workload.title}${rate ? ` (${rate} per second)` : ""}`)
    if (workload.rate && rate === undefined) {
      console.log(`  left out: it needs ${workload.rate.of} on ${workload.rate.on} in the same run`)
      continue
    }
    for (let round = 0; round < plan.runs; round++) {
      for (const contender of rotated(able, round)) {
        if (absent.has(contender.name)) continue
        const run = await measure({ workload, contender, settings: settings(workload, plan), rate, generator, cores })
        if (run.problem && !run.started) absent.set(contender.name, run.problem)
        else runs.get(contender.name).push(run)
        console.log(`  ${round + 1}/${plan.runs}  ${contender.name.padEnd(24)} ${line(workload, run)}`)
      }
    }
    for (const { name } of able) {
      rows.push({ workload: workload.id, contender: name, rate, runs: runs.get(name), absent: absent.get(name) })
    }
  }
  return rows
}

function takesPart({ lacks = [], quick = [] }, { id }, { hasAll }) {
  return !lacks.includes(id) && (hasAll || quick === "all" || quick.includes(id))
}

function settings({ load, quick, settings: own }, { isQuick, warmup, seconds }) {
  return { ...(load.mode === "idle" ? {} : { warmup, seconds }), ...(isQuick ? quick : own) }
}

function rateFor({ rate }, rows) {
  if (!rate) return undefined
  const row = rows.find(({ workload, contender }) => workload === rate.on && contender === rate.of)
  const walls = row?.runs.filter(({ wall }) => wall > 0).map(({ wall }) => wall) ?? []
  return walls.length === 0 ? undefined : Math.round((rate.share * median(walls)) / 1000) * 1000
}

function rotated(list, by) {
  const at = by % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}

function line({ figure, unit }, run) {
  if (run.problem) return run.problem
  const counted = run.expected === run.received ? "" : `  ${run.received} of ${run.expected} delivered`
  return `${show(run[figure], figure)} ${unit}${counted}`
}
