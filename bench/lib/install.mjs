import { installFolder, isInstalled } from "../../scripts/lib/install.mjs"

/** Installs the contenders when they are not what bench/package-lock.json says. */
export async function ensureContenders() {
  return isInstalled("bench") || installFolder("bench")
}
