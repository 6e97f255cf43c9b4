// Runs the whole conformance suite of the installed package, on all adapters, with whatever Node runs this; over TLS
// what leans on the inside of Node's sockets. Prints a line per failure and, last, one line of JSON with the counts.
import { readFileSync } from "node:fs"
import { createServer } from "node:https"
import { appliesTo, runScenario, scenarios } from "toni/conformance"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { MemoryHttpAdapter, MemoryWebSocketAdapter } from "toni/testing"
import { WsWebSocketAdapter } from "toni/ws"

const [cert, key] = ["cert", "key"].map((name) => readFileSync(`localhost.${name}.pem`, "utf8"))

const hosts = [
  {
    name: "memory",
    httpAdapter: () => new MemoryHttpAdapter(),
    webSocketAdapter: () => new MemoryWebSocketAdapter(),
    connect: (server, _address, target, handshake) => server.connect(target, handshake),
  },
  { name: "node", httpAdapter: () => new NodeHttpAdapter(), webSocketAdapter: () => new NodeWebSocketAdapter() },
  {
    name: "node without sharing",
    httpAdapter: () => new NodeHttpAdapter(),
    webSocketAdapter: () => new NodeWebSocketAdapter({ readBuffer: "own" }),
  },
  {
    name: "node over TLS",
    httpAdapter: () => new NodeHttpAdapter(createServer({ cert, key })),
    webSocketAdapter: () => new NodeWebSocketAdapter(),
    ca: cert,
    only: "G15c",
  },
  { name: "ws", httpAdapter: () => new NodeHttpAdapter(), webSocketAdapter: () => new WsWebSocketAdapter() },
]

/** Milliseconds for one scenario: the versions run at the same time, on machines with little else to spare. */
const limit = 20_000
const met = {}
for (const host of hosts) {
  const { supports } = host.webSocketAdapter()
  met[host.name] = 0
  for (const scenario of scenarios) {
    if (!appliesTo(scenario, supports)) continue
    if (host.only !== undefined && !scenario.rules.includes(host.only)) continue
    try {
      if ((await runScenario(host, scenario, { limit })) !== "met")
        throw new Error("the suite does not say that it is met")
      met[host.name]++
    } catch (error) {
      process.exitCode = 1
      console.log(`failed  ${host.name}: ${scenario.title}: ${String(error).split("\n")[0]}`)
    }
  }
}
console.log(JSON.stringify({ node: process.versions.node, scenarios: scenarios.length, met }))
