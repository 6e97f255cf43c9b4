import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { root } from "./run.mjs"

const passedOver = new Set(["node_modules", "dist", ".git", ".cache", "coverage"])

/** Every file below a folder of the repository, as paths from its top with forward slashes, sorted. */
export function filesBelow(folder, matches = () => true) {
  const start = join(root, folder)
  if (!existsSync(start)) return []
  const found = []
  for (const entry of readdirSync(start, { withFileTypes: true })) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) {
      if (!passedOver.has(entry.name)) found.push(...filesBelow(path, matches))
    } else if (entry.isFile() && matches(path)) {
      found.push(path)
    }
  }
  return found.sort()
}
