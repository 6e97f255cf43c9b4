// npm start: installs what is missing, builds, and runs the chat example until it is asked to end.
import "./lib/node-version.mjs"
import { spawn } from "node:child_process"
import { build } from "./build.mjs"
import { ensureInstalled } from "./lib/install.mjs"
import { root } from "./lib/run.mjs"

const parent = process.ppid

await ensureInstalled()

const { ok, output } = await build(["packages/toni", "examples/chat"])
if (!ok) {
  console.error(`${output}\nThe build failed: see above.`)
  process.exit(1)
}

// The example gets a process group of its own, so that a signal reaches it only through us: Ctrl-C in a terminal goes
// to every program of the group, and npm hands it on once more.
const child = spawn(process.execPath, ["examples/chat/dist/main.js"], {
  cwd: root,
  stdio: "inherit",
  detached: process.platform !== "win32",
})

let firstSignalAt
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => endChild(signal))

// npm runs us in a shell, and a signal for npm ends that shell alone.
if (process.env.npm_lifecycle_event === "start") {
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    endChild("SIGTERM")
  }, 200)
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }
child.on("error", (error) => {
  console.error(`The chat example could not be started: ${error.message}`)
  process.exit(1)
})
child.on("exit", (code, signal) => process.exit(code ?? 128 + (signalNumbers[signal] ?? 0)))

function endChild(signal) {
  if (firstSignalAt === undefined) {
    firstSignalAt = performance.now()
    child.kill(signal)
  } else if (performance.now() - firstSignalAt > 1000) {
    child.kill("SIGKILL") // asked again: no more patience
  }
}
