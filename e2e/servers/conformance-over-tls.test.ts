import { readFileSync } from "node:fs"
import { createServer } from "node:https"
import { appliesTo, runScenario, scenarios, type ConformanceHost } from "toni/conformance"
import { NodeHttpAdapter, NodeWebSocketAdapter, type NodeServer } from "toni/node"
import { WsWebSocketAdapter } from "toni/ws"
import { describe, expect, test } from "vitest"

const file = (name: string): string => readFileSync(new URL(`fixtures/localhost.${name}.pem`, import.meta.url), "utf8")
const [cert, key] = [file("cert"), file("key")]

const hosts = [NodeWebSocketAdapter, WsWebSocketAdapter].map((WebSocketAdapter): ConformanceHost<NodeServer> => ({
  name: new WebSocketAdapter().name,
  httpAdapter: () => new NodeHttpAdapter(createServer({ cert, key })),
  webSocketAdapter: () => new WebSocketAdapter(),
  ca: cert,
}))

describe.each(hosts)("the $name adapter meets the suite on an https server", (host) => {
  const applicable = scenarios.filter((scenario) => appliesTo(scenario, host.webSocketAdapter().supports))
  test.each(applicable.map((scenario) => [scenario.title, scenario] as const))("%s", async (_title, scenario) => {
    await expect(runScenario(host, scenario)).resolves.toBe("met")
  })
})
