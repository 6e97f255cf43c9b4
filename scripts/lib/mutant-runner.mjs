// A process that runs tests against mutated sources: one Vitest, kept warm, asked over IPC by mutants.mjs. The sources
// on disk stay as they are; the mutation is put in where Vite reads them.
import { mkdirSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { mutate, mutationsOf, watchScopes } from "./mutations.mjs"

const [root, testTimeout] = process.argv.slice(2)
const sources = "packages/toni/src/"
const isSource = (file) => file.startsWith(sources) && file.endsWith(".ts") && !file.includes(".test.")
/** What is put in: nothing, the watch over scopes, or one mutation. */
let injected = { kind: "nothing" }
let reached = []

// Beside the sources' own Vitest, so that it imports that one.
const setup = join(root, "node_modules/.cache/toni-mutants/setup.mjs")
mkdirSync(join(setup, ".."), { recursive: true })
writeFileSync(
  setup,
  `import { afterAll } from "vitest"
const scopes = (globalThis.toniScopes ??= new Set())
globalThis.toniScopeRuns = (file, scope) => void scopes.add(file + "#" + scope)
afterAll(({}, suite) => void (suite.meta.scopes = [...scopes]))
`,
)

class Given {
  sort(files) {
    return files
  }
  shard(files) {
    return files
  }
}

const quiet = {
  onTestModuleEnd(module) {
    reached.push({
      file: relative(module.moduleId),
      ok: module.ok(),
      ms: module.diagnostic().duration,
      scopes: module.meta().scopes ?? [],
      failed: [...module.children.allTests("failed")].map(({ fullName }) => fullName),
      error: module.errors()[0]?.message,
    })
  },
}

const fromRoot = async (name) => import(pathToFileURL(createRequire(join(root, "package.json")).resolve(name)).href)
const { createVitest } = await fromRoot("vitest/node")
const { loadConfigFromFile } = await fromRoot("vite")
const {
  config: { test: shared, ...rest },
} = await loadConfigFromFile({ command: "serve", mode: "test" }, join(root, "vitest.config.ts"))
const { projects, ...common } = shared
// The project of the unit tests alone, so that the plugin below serves it.
const unit = projects.find(({ test }) => test.name === "unit").test

const vitest = await createVitest(
  "test",
  { root, config: false, watch: false, reporters: [quiet] },
  {
    ...rest,
    test: {
      ...common,
      ...unit,
      pool: "threads",
      maxWorkers: 1,
      testTimeout: Number(testTimeout),
      setupFiles: [setup],
      sequence: { sequencer: Given },
      silent: true,
    },
    plugins: [
      {
        name: "toni-mutants",
        enforce: "pre",
        transform(source, id) {
          const file = relative(id.split("?")[0])
          if (!isSource(file)) return undefined
          if (injected.kind === "watch") return watchScopes(source, mutationsOf(file, source).scopes, file)
          if (injected.kind === "mutation" && injected.file === file) return mutate(source, injected.mutation)
          return undefined
        },
      },
    ],
  },
)

function relative(path) {
  return path.startsWith(root)
    ? path
        .slice(root.length)
        .replace(/^[/\\]/, "")
        .replaceAll("\\", "/")
    : path
}

await vitest.standalone()
const all = await vitest.globTestSpecifications()
const questions = {
  /** Runs the files of tests once, but for those that a pattern names, and answers what each runs of the sources. */
  async map({ without }) {
    injected = { kind: "watch" }
    return runTests(
      all.filter(({ moduleId }) => !new RegExp(without).test(relative(moduleId))),
      0,
    )
  },
  /** Runs files of tests, in this order and but for the tests left out, until the first that fails. */
  async mutant({ file, mutation, tests, without }) {
    injected = { kind: "mutation", file, mutation }
    vitest.invalidateFile(join(root, file))
    if (without.length > 0) vitest.setGlobalTestNamePattern(anyBut(without))
    const files = tests.map((test) => all.find(({ moduleId }) => relative(moduleId) === test))
    const results = await runTests(files, 1)
    injected = { kind: "nothing" }
    vitest.invalidateFile(join(root, file))
    return results
  },
}

/** Matches the names of all tests but these; Vitest looks for them with spaces between the parts of a name. */
function anyBut(names) {
  const each = names.map((name) => name.replaceAll(" > ", " ").replace(/[$()*+.?[\\\]^{|}]/g, "\\$&"))
  return new RegExp(`^(?!(?:${each.join("|")})$)`)
}

async function runTests(specifications, bail) {
  reached = []
  vitest.config.bail = bail
  for (const project of vitest.projects) project.config.bail = bail
  const { unhandledErrors } = await vitest.runTestSpecifications(specifications, false)
  return { files: reached, errors: unhandledErrors.map((error) => String(error?.message ?? "what is no error")) }
}

process.on("message", ({ name, ...rest }) => {
  questions[name](rest).then(
    (answer) => process.send({ answer }),
    (error) => process.send({ failure: String(error?.stack ?? error) }),
  )
})
process.on("disconnect", () => process.exit())
process.send({ ready: all.length })
