import { spawn, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { pinned } from "./cores.mjs"

const bench = join(import.meta.dirname, "..")

/** The one that can do without a compiler. */
export const inJavaScript = { name: "JavaScript", command: [process.execPath, join(bench, "load/load.mjs")] }

/** The generator for a workload: the one it names, or the one that was found. */
export function generatorFor({ generator }, found) {
  return generator === inJavaScript.name ? inJavaScript : found
}

/** How to start the load generator: the one in C where it can be compiled, else the one in JavaScript, and why. */
export function findGenerator() {
  const fallback = inJavaScript
  if (process.platform !== "linux") return { ...fallback, reason: "the one in C needs Linux" }
  const sources = readdirSync(join(bench, "load"))
    .filter((name) => /\.[ch]$/.test(name))
    .map((name) => join(bench, "load", name))
  const hash = createHash("sha256")
  for (const source of sources) hash.update(readFileSync(source))
  const program = join(bench, ".cache", `load-${hash.digest("hex").slice(0, 12)}`)
  if (!existsSync(program)) {
    mkdirSync(join(bench, ".cache"), { recursive: true })
    for (const name of readdirSync(join(bench, ".cache"))) {
      if (name.startsWith("load-")) rmSync(join(bench, ".cache", name))
    }
    const { error, status, stderr } = compile(sources, program)
    if (error || status !== 0) return { ...fallback, reason: `cc failed: ${error?.message ?? String(stderr)}` }
  }
  return { name: "C", command: [program] }
}

function compile(sources, program) {
  return spawnSync("cc", ["-O2", "-Wall", "-o", program, ...sources.filter((name) => name.endsWith(".c"))])
}

/**
 * Starts the generator against a server. `during` is called once its connections are open, where its mode says so;
 * standard input ends when `during` settles. The generator in JavaScript names the moments at which we ask the server
 * for its processor time, because it cannot read that itself.
 */
export async function runGenerator({ command }, options, { core, server, during }) {
  const words = Object.entries(options).map(([name, value]) => `${name}=${value}`)
  const [program, ...args] = pinned(core, [...command, ...words, `pid=${server.pid}`])
  const child = spawn(program, args)
  const problem = text(child.stderr)
  const ended = new Promise((resolve) => child.on("close", (code, signal) => resolve(signal ?? code)))
  const cpu = []
  let result
  let rest = ""
  const failures = []
  const tasks = []
  const task = (promise) => tasks.push(promise.catch((error) => failures.push(error)))
  child.stdout.setEncoding("utf8").on("data", (piece) => {
    const lines = (rest + piece).split("\n")
    rest = lines.pop()
    for (const line of lines) {
      if (line === "cpu") task(server.ask("cpu").then(({ seconds }) => cpu.push(seconds)))
      else if (line === "open") task(during().finally(() => child.stdin.end()))
      else result = JSON.parse(line)
    }
  })
  const code = await ended
  if (code !== 0) throw new Error((await problem).trim().slice(0, 500) || `the generator ended with ${code}`)
  await Promise.all(tasks)
  if (failures.length > 0) throw failures[0]
  if (cpu.length === 2) result.serverCpu = cpu[1] - cpu[0]
  return result
}
