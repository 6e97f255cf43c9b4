// The process under attack: an application on sockets, which tells how it fares. Run with --expose-gc, and the name of
// the adapter.
import { monitorEventLoopDelay } from "node:perf_hooks"
import { defineModule, ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { WsWebSocketAdapter } from "toni/ws"

const WebSocketAdapter = { node: NodeWebSocketAdapter, ws: WsWebSocketAdapter }[process.argv[2]]
const maxBackpressure = 256 * 1024
let opens = 0
const reasons = {}
const note = (_client, { kind }) => void (reasons[kind] = (reasons[kind] ?? 0) + 1)

class Echo {
  path = "/echo"
  options = { maxBackpressure }
  onConnect = () => void opens++
  onMessage = (client, message) => client.send(message)
  onDisconnect = note
}

/** Pays no heed to what `send` answers. */
class Careless extends Echo {
  path = "/careless"
  onMessage = (client, message) => {
    for (let copy = 0; copy < 8; copy++) void client.send(message)
  }
}

class Lobby extends Echo {
  path = "/lobby"
  onConnect = (client) => (opens++, client.subscribe("lobby"))
  onMessage = async (client, message) => {
    await client.publish("lobby", message)
    await client.send(message)
  }
}

class Limited extends Echo {
  path = "/limited"
  options = { rateLimit: { messages: 1_000, per: 1_000 } }
}

/** Has a heartbeat that is short, for one that is judged once a second. */
class Watched extends Echo {
  path = "/watched"
  options = { heartbeat: { interval: 1_000, timeout: 2_000 } }
}

/** Closes whoever says anything. */
class Closing extends Echo {
  path = "/closing"
  options = { closeTimeout: 200 }
  onMessage = (client) => client.close(4_000)
}

const surprises = []
process.on("uncaughtException", (error) => surprises.push(String(error.stack)))
process.on("unhandledRejection", (error) => surprises.push(String(error?.stack ?? error)))

const quiet = () => undefined
const gateways = [Echo, Careless, Lobby, Limited, Closing, Watched]
const app = await ToniFactory.create(defineModule({ name: "Target", providers: gateways }), new NodeHttpAdapter(), {
  logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  onError: (error) => surprises.push(String(error)),
})
app.useWebSocketAdapter(new WebSocketAdapter())
const { port } = await app.listen(0, "127.0.0.1")

const memory = () => {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
const delay = monitorEventLoopDelay({ resolution: 5 })
let peak = 0
setInterval(() => (peak = Math.max(peak, memory())), 10).unref()

/** Buffers are let go only in the turns after a collection. */
const collect = async () => {
  for (let times = 0; times < 5; times++) {
    globalThis.gc()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const answers = {
  port: () => port,
  pid: () => process.pid,
  /** Blocks the event loop, as soon as it is answered. */
  block(milliseconds) {
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds))
  },
  /** Measures from now on. */
  async watch() {
    await collect()
    peak = memory()
    delay.reset()
    delay.enable()
    return peak
  },
  /** Bytes at the most since then, bytes that live now, and the delay of the event loop in milliseconds. */
  async measured() {
    delay.disable()
    const most = Math.max(peak, memory())
    await collect()
    const [p50, p90] = [50, 90].map((percent) => delay.percentile(percent) / 1e6)
    return { peak: most, live: memory(), delay: { p50, p90, max: delay.max / 1e6 } }
  },
  status() {
    const sockets = process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length
    return { ...app.metrics(), opens, reasons, sockets, surprises }
  },
}

async function answer({ id, name, args }) {
  process.send({ id, answer: await answers[name](...args) })
}

process.on("message", (question) => void answer(question))
process.on("disconnect", () => process.exit())
