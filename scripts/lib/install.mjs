import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { npm, root, run } from "./run.mjs"

/** Runs `npm ci` when what is installed is not what package-lock.json says. Ends the program when that fails. */
export async function ensureInstalled() {
  if (isInstalled() || (await installFolder())) return
  process.exit(1)
}

/** Installs what the package-lock.json of a folder says. Whether it worked; says so when not. */
export async function installFolder(folder = "") {
  const where = folder === "" ? "" : ` in ${folder}`
  console.log(`Installing dependencies (npm ci${where})…`)
  const options = ["--no-audit", "--no-fund", "--loglevel=error", "--prefix", join(root, folder)]
  const { code, output } = await run(npm("ci", ...options), { cwd: join(root, folder) })
  if (code !== 0) console.error(`${output}\nnpm ci${where} failed: see above.`)
  return code === 0
}

/**
 * npm leaves a list of what it installed in node_modules/.package-lock.json, written last. It lacks the root entry and
 * the optional packages of other platforms; everything else equals package-lock.json.
 */
export function isInstalled(folder = "") {
  const record = join(root, folder, "node_modules/.package-lock.json")
  if (!existsSync(record)) return false
  const installed = JSON.parse(readFileSync(record, "utf8")).packages
  const wanted = JSON.parse(readFileSync(join(root, folder, "package-lock.json"), "utf8")).packages
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true
    const present = installed[path]
    if (present === undefined) return entry.optional === true || entry.devOptional === true || entry.peer === true
    return present.version === entry.version && present.integrity === entry.integrity && present.link === entry.link
  })
}
