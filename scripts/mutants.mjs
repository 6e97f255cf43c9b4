// npm run mutants: changes the source a little, many times over, and reports which changes no unit test notices.
//   --folder=connection,hub   folders of packages/toni/src (default: the seven that decide about connections)
//   --sample=60               mutations per folder (default: all of them)
//   --seed=1                  which ones
//   --workers=2               at a time
//   --root=<checkout>         measure another checkout, with its dependencies installed
//   --file=outbox.ts          one file of the folder
// Exits with 1 when fewer than --least=90 per cent are noticed.
import "./lib/node-version.mjs"
import { readFileSync, readdirSync } from "node:fs"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { mutationsOf, sample } from "./lib/mutations.mjs"
import { MutantRunner } from "./lib/mutant-process.mjs"
import { root as ownRoot } from "./lib/run.mjs"
import { equivalents } from "./mutants.data.mjs"

const { values: options } = parseArgs({
  options: {
    folder: { type: "string", default: "connection,gateway,hub,app,adapter/node,adapter/node-upgrade,protocol" },
    file: { type: "string" },
    sample: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    workers: { type: "string", default: "2" },
    root: { type: "string", default: ownRoot },
    least: { type: "string", default: "90" },
  },
})
const root = resolve(options.root)
const sources = "packages/toni/src"
/** Tests of adapters, and the suite on more hosts than two: of other code they notice less than they cost. */
const dear = "/adapter/|/adapters/(?!memory|node\\.)"

const plan = options.folder.split(",").flatMap(mutantsOf)
console.log(`${plan.length} mutations, seed ${options.seed}; what each test runs is measured first`)
const runners = Array.from({ length: Number(options.workers) }, () => new MutantRunner(root))
process.on("exit", () => runners.forEach((runner) => runner.stop()))
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1))

// The test of the conformance suite is about adapters that are broken on purpose, and takes long.
const isAboutAdapters = options.folder.split(",").some(hasAdapters)
const map = await runners[0].map(isAboutAdapters ? "/suite\\.test" : `/suite\\.test|${dear}`)
const usable = map.filter(({ file, ok, failed, error }) => {
  for (const what of ok ? [] : error === undefined ? failed : [error])
    console.log(`left out, it fails without any mutation: ${file}: ${what}`)
  return ok || error === undefined
})
const without = usable.flatMap(({ failed }) => failed)

const queue = [...plan]
await Promise.all(runners.map(work))
process.exitCode = report() ? 0 : 1
runners.forEach((runner) => runner.stop())

/** The mutations of one folder, those that are known to change nothing left out. */
function mutantsOf(folder) {
  const files = readdirSync(join(root, sources, folder))
    .filter((file) => file.endsWith(".ts") && !file.includes(".test.") && (options.file ?? file) === file)
    .sort()
  const found = files.flatMap((name) => {
    const file = `${sources}/${folder}/${name}`
    return mutationsOf(file, readFileSync(join(root, file), "utf8")).mutations.map((mutation) => ({
      folder,
      file,
      mutation,
    }))
  })
  const known = new Set(equivalents.map(({ file, change }) => `${sources}/${file}: ${change}`))
  const telling = found.filter(({ file, mutation }) => !known.has(`${file}: ${mutation.change}`))
  return sample(telling, Number(options.sample), Number(options.seed))
}

async function work(runner) {
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
    const { file, mutation } = mutant
    const tests = testsOf(mutant)
    mutant.tests = tests.length
    const begin = performance.now()
    // Loops that no longer end are ended from outside; that is noticed too.
    const limit = 30_000 + 6 * tests.reduce((sum, { ms }) => sum + ms, 0)
    mutant.noticedBy =
      tests.length === 0
        ? undefined
        : await runner.mutant({ file, mutation, tests: tests.map((test) => test.file), without }, limit)
    const seconds = ((performance.now() - begin) / 1000).toFixed(1)
    const verdict = mutant.noticedBy === undefined ? "SURVIVED" : "noticed"
    console.log(
      `${verdict}  ${where(mutant)}  ${mutation.change}  (${seconds} s, ${mutant.noticedBy ?? `${tests.length} files of tests`})`,
    )
  }
}

function hasAdapters(folder) {
  return folder.startsWith("adapter/") || folder === "protocol"
}

/**
 * The files of tests that run the mutated code: the likeliest first, then the quickest. The dear ones are left out for
 * code outside of adapters, so that the score is rather too low.
 */
function testsOf({ folder, file, mutation }) {
  const key = `${file}#${mutation.scope}`
  const rank = (test) =>
    test === file.replace(/\.ts$/, ".test.ts") ? 0 : test.startsWith(`${sources}/${folder}/`) ? 1 : 2
  return usable
    .filter((test) => test.scopes.includes(key) && (hasAdapters(folder) || !new RegExp(dear).test(test.file)))
    .sort((a, b) => rank(a.file) - rank(b.file) || a.ms - b.ms)
}

function where({ file, mutation }) {
  return `${file.slice(sources.length + 1)}:${mutation.line}`
}

/** Prints survivors and the score of each folder; answers whether all are high enough. */
function report() {
  const survivors = plan.filter(({ noticedBy }) => noticedBy === undefined)
  console.log(survivors.length === 0 ? "" : "\nNoticed by no test:")
  for (const mutant of survivors) {
    console.log(`  ${where(mutant)}  ${mutant.mutation.change}${mutant.tests === 0 ? "  (no test runs it)" : ""}`)
  }
  let enough = true
  console.log("\nfolder                  mutations  noticed  score")
  for (const folder of options.folder.split(",")) {
    const all = plan.filter((mutant) => mutant.folder === folder)
    const noticed = all.filter(({ noticedBy }) => noticedBy !== undefined).length
    const score = all.length === 0 ? 100 : (noticed / all.length) * 100
    enough &&= score >= Number(options.least)
    console.log(
      `${folder.padEnd(22)}  ${String(all.length).padStart(9)}  ${String(noticed).padStart(7)}  ${score.toFixed(1)} %`,
    )
  }
  return enough
}
