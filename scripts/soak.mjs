// npm run soak: the fuzz tests (e2e/**/*.fuzz.test.ts) with new seeds, again and again, for 30 minutes or as many as are
// named: `npm run soak -- 5`. Prints the seeds that were played. Stops at the first round that fails; the seed that
// failed stands in its output, with how to play it again.
import "./lib/node-version.mjs"
import { build } from "./build.mjs"
import { run, tool } from "./lib/run.mjs"

/** How long each fuzz test plays in a round, in seconds. */
const perTest = 60

const minutes = Number(process.argv[2] ?? 30)
if (!(minutes > 0)) throw new Error(`npm run soak takes a number of minutes, not "${process.argv[2]}"`)
const end = performance.now() + minutes * 60_000

const built = await build()
if (!built.ok) {
  console.error(built.output)
  process.exit(1)
}
for (let round = 1; performance.now() < end; round++) {
  const left = Math.ceil((end - performance.now()) / 1000)
  console.log(`round ${round}, ${Math.ceil(left / 60)} minutes left`)
  const seconds = String(Math.min(perTest, left))
  const { code } = await run(tool("vitest", "run", "--project", "long", ".fuzz.test.ts"), {
    env: { TONI_FUZZ_SECONDS: seconds },
    inherit: true,
  })
  if (code === 0) continue
  console.error(`Round ${round} failed: the seed stands above.`)
  process.exit(1)
}
