// npm test: installs what is missing (dependencies, and the programs that tests need), then does what `npm run ok` does,
// the long tests included.
import "./lib/node-version.mjs"
import { ensureInstalled } from "./lib/install.mjs"
import { findProgram, installProgram, programs } from "./programs.mjs"

await ensureInstalled()
for (const program of programs) {
  if (findProgram(program) === undefined) await installProgram(program)
}
process.env.TONI_TESTS = "all"
process.env.TONI_CHURN ??= "100000"
await import("./ok.mjs")
