import { readFileSync } from "node:fs"
import { cpus } from "node:os"
import { generatorFor, runGenerator } from "./generator.mjs"
import { startServer } from "./server.mjs"

/** One run of a workload against a contender in a fresh process: its numbers, or `{ problem }`. */
export async function measure({ contender, cores, ...task }) {
  let server
  try {
    server = await startServer(contender, cores.server, [], task.workload.env)
    return await measureOn(server, { contender, cores, ...task })
  } catch (error) {
    return { problem: error.message }
  } finally {
    await server?.stop()
  }
}

/** One run against a server that is up. */
export async function measureOn(server, { workload, contender, settings, rate, generator, cores }) {
  const before = { machine: machineTime(), server: await server.ask("cpu") }
  try {
    const options = { ...workload.load, ...optionsFor(contender, workload), ...settings, port: server.port }
    if (rate !== undefined) options.rate = rate
    if (workload.load.mode === "idle") return await measureIdle({ options, generator, cores, server })
    const run = await runGenerator(generatorFor(workload, generator), options, { core: cores.load, server })
    const { seconds } = await server.ask("cpu")
    const ours = seconds - before.server.seconds + run.loadTotal
    const foreign = foreignShare(before.machine, machineTime(), ours)
    return { ...run, ...figures(run), foreign, complaints: server.said === "" ? undefined : server.said.slice(0, 500) }
  } catch (error) {
    return { problem: error.message }
  }
}

/** Memory is compared with what the same server had after a first, smaller crowd came and stayed. */
async function measureIdle({ options, generator, cores, server }) {
  const first = Math.ceil(options.connections / 10)
  const remaining = options.connections - first
  let idle
  const warm = { ...options, connections: first }
  const both = await runGenerator(generator, warm, {
    core: cores.load,
    server,
    during: async () => {
      const base = await server.ask("memory")
      const run = await runGenerator(
        generator,
        { ...options, connections: remaining },
        {
          core: cores.load,
          server,
          during: async () => {
            const full = await server.ask("memory")
            idle = { heap: (full.heapUsed - base.heapUsed) / remaining, rss: (full.rss - base.rss) / remaining }
          },
        },
      )
      idle.inner = run
    },
  })
  const { inner, ...memory } = idle
  return {
    ...memory,
    expected: both.expected + inner.expected,
    received: both.received + inner.received,
    lost: both.lost + inner.lost,
  }
}

function optionsFor({ dialect = "websocket", paths = {}, frame = {} }, { route }) {
  return { dialect, path: paths[route] ?? `/${route}`, ...frame[route] }
}

function figures({ messages, seconds, serverCpu, loadCpu }) {
  return {
    perCpu: messages / serverCpu,
    wall: messages / seconds,
    serverShare: serverCpu / seconds,
    loadShare: loadCpu / seconds,
  }
}

/** Seconds that all cores have worked since the start of the machine; undefined where nobody says. */
function machineTime() {
  try {
    const [, user, nice, system, , , irq, softirq, steal] = readFileSync("/proc/stat", "utf8").split(/\s+/).map(Number)
    return { busy: (user + nice + system + irq + softirq + steal) / 100, at: performance.now() / 1000 }
  } catch {
    return undefined
  }
}

/** Which share of the machine others used meanwhile. */
function foreignShare(before, after, ours) {
  if (!before || !after) return undefined
  return Math.max(0, (after.busy - before.busy - ours) / (after.at - before.at) / cpus().length)
}
