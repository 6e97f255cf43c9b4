// npm run bench -- --check: the benchmark itself works, and neither ws nor toni loses a message. No figure is judged:
// a machine that tests something else at the same time says nothing about speed.
import { contenders } from "./contenders.mjs"
import { generatorFor, inJavaScript as fallback } from "./lib/generator.mjs"
import { measure } from "./lib/measure.mjs"
import { workloads } from "./workloads.mjs"

const settings = { warmup: 0.1, seconds: 0.3, patience: 5 }
/** For workloads with a rate, in messages per second: so few that nobody falls behind. */
const lowRate = 5000

/** The exit code. */
export async function check({ generator, cores }) {
  const [toni, ws] = ["toni", "ws"].map((file) => contenders.find((contender) => contender.file === file))
  const [echo, churn, open, stay] = ["echo-16", "churn", "open", "stay"].map((id) =>
    workloads.find((workload) => workload.id === id),
  )
  const runs = workloads.flatMap((workload) => [toni, ws].map((contender) => ({ workload, contender, generator })))
  const dropping = { name: "a server that loses one", file: "dropping" }
  const mustFail = [
    { workload: echo, contender: dropping, generator },
    { workload: echo, contender: dropping, generator: fallback },
    { workload: open, contender: dropping, generator },
  ]

  const failures = []
  const inJavaScript = [echo, churn, stay].map((workload) => ({ workload, contender: toni, generator: fallback }))
  for (const run of [...runs, ...inJavaScript]) {
    const problem = await problemOf(run, cores, { ...settings, ...run.workload.small })
    report(run, problem ?? "every message delivered")
    if (problem) failures.push(problem)
  }
  for (const run of mustFail) {
    const problem = await problemOf(run, cores, { ...settings, patience: 0.5 })
    report(run, problem ?? "was not caught")
    if (!/^\d+ of \d+ messages lost$/.test(problem ?? "")) failures.push("the count of deliveries proves nothing")
  }
  return failures.length === 0 ? 0 : 1
}

async function problemOf({ workload, contender, generator }, cores, settings) {
  const rate = workload.rate && lowRate
  const run = await measure({ workload, contender, settings, rate, generator, cores })
  if (run.problem) return run.problem
  if (run.received === 0) return "nothing was delivered"
  if (run.received !== run.expected) return `${run.expected - run.received} of ${run.expected} messages lost`
  return run.lost > 0 ? `${run.lost} connections lost` : undefined
}

function report({ workload, contender, generator }, what) {
  console.log(
    `${workload.id.padEnd(12)} ${contender.name.padEnd(24)} ${generatorFor(workload, generator).name.padEnd(11)} ${what}`,
  )
}
