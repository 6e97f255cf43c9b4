import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { pinned } from "./cores.mjs"

const folder = join(import.meta.dirname, "../contenders")
const preload = new URL("../contenders/probe.mjs", import.meta.url).href

/** Starts a contender, with these flags for Node and variables. Rejects with what it said last when it does not come up. */
export async function startServer({ file, env = {} }, core, flags = [], more = {}) {
  const port = await freePort()
  const command = [process.execPath, "--expose-gc", ...flags, "--import", preload, join(folder, `${file}.mjs`)]
  const [program, ...args] = pinned(core, command)
  const child = spawn(program, args, {
    env: { ...process.env, NODE_ENV: "production", ...env, ...more, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  })
  let said = ""
  const exited = once(child, "exit")
  child.stderr.setEncoding("utf8").on("data", (text) => (said = (said + text).slice(-10_000)))
  const ready = new Promise((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text) => text.includes("ready") && resolve(true))
  })
  const isUp = await Promise.race([ready, exited.then(() => false), delay(20_000, false, { ref: false })])
  if (!isUp) {
    child.kill("SIGKILL")
    throw new Error(lastError(said) ?? "it did not get ready within 20 s")
  }
  return {
    port,
    pid: child.pid,
    /** What it complained of. */
    get said() {
      return said
    },
    async ask(question) {
      const answer = once(child, "message")
      child.send(question)
      return (await Promise.race([answer, exited.then(() => Promise.reject(new Error("the server ended")))]))[0]
    },
    async stop() {
      child.kill("SIGKILL")
      await exited
    },
  }
}

function lastError(text) {
  return text.match(/^(?:\w*Error)(?: \[\w+\])?: .*$/m)?.[0] ?? text.trim().split("\n").at(-1)?.slice(0, 200)
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address()
  server.close()
  await once(server, "close")
  return port
}
