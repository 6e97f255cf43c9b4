import "./lib/node-version.mjs"
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { argv, exit } from "node:process"
import { pathToFileURL } from "node:url"
import { root, run, tool } from "./lib/run.mjs"

/**
 * Compiles packages; quick when nothing changed. The default is every folder that the root tsconfig.json names (the
 * files it names beside them check tests and emit nothing). What an earlier build left in dist for a source that is gone
 * is removed first, so that nothing runs or ships by accident.
 */
export async function build(projects = everyProject()) {
  for (const project of projects) prune(project)
  const { code, output } = await run(tool("tsc", "-b", ...projects))
  return { ok: code === 0, output }
}

function everyProject() {
  const { references } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"))
  return references.map(({ path }) => path).filter((path) => !path.endsWith(".json"))
}

function prune(project) {
  const {
    compilerOptions,
    exclude = [],
    references = [],
  } = JSON.parse(readFileSync(join(root, project, "tsconfig.json"), "utf8"))
  const sources = join(root, project, compilerOptions.rootDir)
  const dist = join(root, project, compilerOptions.outDir)
  if (!existsSync(dist)) return
  for (const file of readdirSync(dist, { recursive: true })) {
    const source = file.replace(/(\.d\.ts|\.js)$/, ".ts")
    if (source === file) continue
    // What a project leaves out may be the business of another that it refers to.
    const isLeftOut =
      references.length === 0 && exclude.some((path) => `${compilerOptions.rootDir}/${source}`.startsWith(path))
    if (isLeftOut || !existsSync(join(sources, source))) rmSync(join(dist, file))
  }
}

if (import.meta.url === pathToFileURL(argv[1] ?? "").href) {
  const { ok, output } = await build()
  if (output !== "") console.error(output)
  exit(ok ? 0 : 1)
}
