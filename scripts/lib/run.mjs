import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** The top folder of the repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "../..")

/**
 * Runs a program to its end. `inherit: true` shows its output as it comes; otherwise the output is collected.
 * A program that cannot be started counts as failed, with the reason as its output.
 */
export function run([command, ...args], { cwd = root, env = {}, inherit = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...colors, ...env },
      stdio: inherit ? "inherit" : ["ignore", "pipe", "pipe"],
    })
    let output = ""
    child.stdout?.setEncoding("utf8").on("data", (text) => (output += text))
    child.stderr?.setEncoding("utf8").on("data", (text) => (output += text))
    child.on("error", (error) => resolve({ code: 1, output: `${output}${error.message}\n` }))
    child.on("close", (code, signal) => {
      if (signal !== null) output += `${command} ended by ${signal}\n`
      resolve({ code: code ?? 1, output })
    })
  })
}

// Collected output keeps its colours where a person reads it.
const colors = process.stdout.isTTY ? { FORCE_COLOR: "1" } : { NO_COLOR: "1", FORCE_COLOR: "0" }

/** The command line of an installed development tool, without a shell: `[node, its script, ...args]`. */
export function tool(name, ...args) {
  const folder = join(root, "node_modules", packages[name] ?? name)
  if (!existsSync(folder)) throw new Error(`${name} is not installed: npm ci, or npm test, which does that first`)
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  return [process.execPath, join(folder, typeof bin === "string" ? bin : bin[name]), ...args]
}

const packages = { tsc: "typescript", attw: "@arethetypeswrong/cli" }

/** The command line of npm: the npm that started us, where one did. */
export function npm(...args) {
  const script = process.env.npm_execpath
  return script === undefined ? ["npm", ...args] : [process.execPath, script, ...args]
}
