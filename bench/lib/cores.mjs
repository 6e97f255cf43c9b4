import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { availableParallelism, cpus } from "node:os"

/** A core for the server and one for the load generator, not two halves of one; or why nothing is pinned. */
export function chooseCores() {
  if (availableParallelism() < 2) return { reason: "there is only one core" }
  if (spawnSync("taskset", ["-p", String(process.pid)]).status !== 0) return { reason: "there is no taskset" }
  const server = 0
  const siblings = siblingsOf(server)
  const others = cpus()
    .map((_, core) => core)
    .filter((core) => core !== server)
  const load = others.find((core) => !siblings.includes(core)) ?? others[0]
  return { server, load }
}

/** The command line that runs `command` on a core; on any when there is none. */
export function pinned(core, command) {
  return core === undefined ? command : ["taskset", "-c", String(core), ...command]
}

function siblingsOf(core) {
  const file = `/sys/devices/system/cpu/cpu${core}/topology/thread_siblings_list`
  if (!existsSync(file)) return []
  return readFileSync(file, "utf8")
    .trim()
    .split(",")
    .flatMap((range) => {
      const [first, last = first] = range.split("-").map(Number)
      return Array.from({ length: last - first + 1 }, (_, i) => first + i)
    })
}
