import { describe, expect, test } from "vitest"
import { memoryHost, nodeHost, nodeHostWithoutSharing, wsHost } from "./hosts.ts"
import type { ConformanceHost } from "./scenario.ts"
import { scenarios } from "./scenarios.ts"
import { runScenario } from "./stage.ts"

function meets<Server>(host: ConformanceHost<Server>): void {
  const { supports } = host.webSocketAdapter()
  const applicable = scenarios.filter(({ needs }) => needs === undefined || supports[needs])
  test.each(applicable.map((scenario) => [scenario.title, scenario] as const))("%s", async (_title, scenario) => {
    await expect(runScenario(host, scenario)).resolves.toBe("met")
  })
}

describe("the memory adapter meets the suite", () => {
  meets(memoryHost)
})

describe("the ws adapter meets the suite", () => {
  meets(wsHost)
})

describe("the node adapter meets the suite", () => {
  meets(nodeHost)
})

describe("the node adapter meets the suite where sockets share no buffer", () => {
  meets(nodeHostWithoutSharing)
})
