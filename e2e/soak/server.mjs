// The process whose heap and handles are measured: one application on sockets and one in memory, with the same gateway.
// Run with --expose-gc; answers what its parent asks.
import { defineModule, Hub, inject, Token, ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { MemoryHttpAdapter, MemoryWebSocketAdapter } from "toni/testing"
import { churn, turn } from "./ways.mjs"

const User = new Token("User")
const rooms = 50
const chunk = "x".repeat(32_768)

class Churn {
  path = "/churn/:way"
  options = { maxPayload: 2_048, maxBackpressure: 65_536 }
  hub = inject(Hub)
  connects = 0
  disconnects = 0
  /** Clients whose `onConnect` has returned and whose `onDisconnect` has not come. */
  present = new Set()
  /** Calls of `onDisconnect` that no `onConnect` came before, or that found its metadata gone. */
  strangers = 0

  async onHandshake(handshake) {
    const { way } = handshake.params
    if (way === "refuse") return handshake.reject(401)
    if (way === "hesitate") await gone(handshake.signal)
    handshake.setMetadata(User, { name: way, padding: Array(64).fill(0) })
    return handshake.accept({ expiresAt: Date.now() + 3_600_000 })
  }

  async onConnect(client) {
    const { way } = client.params
    void client.subscribe(`room ${this.connects % rooms}`)
    void client.subscribe(`own ${client.id}`)
    if (way === "throw") throw new Error("onConnect fails")
    if (way === "wait") await gone(client.signal)
    this.connects++
    this.present.add(client.id)
  }

  async onMessage(client, message) {
    const { way } = client.params
    if (way === "echo") return client.send(message)
    if (way === "close") return client.close(4_000, "as you wish")
    if (way === "terminate") return client.terminate()
    if (way === "publish") return this.#publish(client, message)
    void client.send("begun")
    if (way === "handle") await gone(client.signal)
    if (way === "flood") flood(client)
    throw new Error("onMessage fails")
  }

  onDisconnect(client) {
    this.disconnects++
    if (!this.present.delete(client.id) || client.getMetadata(User) === undefined) this.strangers++
  }

  #publish(client, message) {
    for (const topic of client.topics) void this.hub.publish(topic, message, { volatile: true })
  }
}

/** Leaves something pending, which what the system takes at once is not; that a peer is gone shows only in a later turn. */
function flood(client) {
  for (let sent = 0; sent < 300 && client.bufferedAmount < chunk.length; sent++) void client.send(chunk)
}

function gone(signal) {
  if (signal.aborted) return undefined
  return new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }))
}

async function serve(httpAdapter, adapter) {
  const quiet = () => undefined
  const app = await ToniFactory.create(defineModule({ name: "Soak", providers: [Churn] }), httpAdapter, {
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    onError: quiet,
  })
  app.useWebSocketAdapter(adapter)
  const { port } = await app.listen(0, "127.0.0.1")
  return { app, gateway: app.get(Churn), port }
}

const surprises = []
process.on("uncaughtException", (error) => surprises.push(String(error.stack)))
process.on("unhandledRejection", (error) => surprises.push(String(error?.stack ?? error)))

const http = new MemoryHttpAdapter()
const inMemory = await serve(http, new MemoryWebSocketAdapter())
const onSockets = await serve(new NodeHttpAdapter(), new NodeWebSocketAdapter())
const both = [inMemory, onSockets]
const sum = (count) => both.reduce((total, served) => total + count(served), 0)

const answers = {
  port: () => onSockets.port,
  churn: (count) => churn((target, handshake) => http.server.connect(target, handshake), count, 200),
  /** What is left of all connections, once none is open and no hook runs. */
  async left() {
    while (sum(({ app, gateway }) => app.metrics().connections + gateway.present.size) > 0) await turn()
    // Sockets and handles are let go in the turns after.
    for (let turns = 0; turns < 10; turns++) await turn()
    // What the log has left out is said within a second, by timers that end then. Others would be found below.
    const latest = performance.now() + 3_000
    while (process.getActiveResourcesInfo().includes("Timeout") && performance.now() < latest) await turn()
    for (let times = 0; times < 5; times++) {
      globalThis.gc()
      await turn()
    }
    let followers = 0
    for (const { app } of both) {
      for (let room = 0; room < rooms; room++) followers += await app.get(Hub).count(`room ${room}`)
    }
    const { heapUsed, external } = process.memoryUsage()
    return {
      heap: heapUsed + external,
      handles: process.getActiveResourcesInfo().sort(),
      connects: sum(({ gateway }) => gateway.connects),
      disconnects: sum(({ gateway }) => gateway.disconnects),
      strangers: sum(({ gateway }) => gateway.strangers),
      pendingBytes: sum(({ app }) => app.metrics().pendingBytes),
      closes: both.map(({ app }) => app.metrics().closes),
      followers,
      surprises,
    }
  },
  /** How many connections the applications believe to have when they close. */
  async close() {
    const reports = await Promise.all(both.map(({ app }) => app.close()))
    return {
      clients: reports.reduce((total, { clients }) => total + clients, 0),
      handles: process.getActiveResourcesInfo(),
    }
  },
}

async function answer({ id, name, args }) {
  try {
    process.send({ id, answer: await answers[name](...args) })
  } catch (error) {
    process.send({ id, error: String(error.stack) })
  }
}

process.on("message", (question) => void answer(question))
process.on("disconnect", () => process.exit())
