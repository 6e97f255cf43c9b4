import { expect, test } from "vitest"
import { appliesTo, type ConformanceHost } from "../scenario.ts"
import { scenarios } from "../scenarios.ts"
import { runScenario } from "../stage.ts"

/** A test for each scenario that applies to the host's adapter. */
export function meetsTheSuite<Server>(host: ConformanceHost<Server>): void {
  const { supports } = host.webSocketAdapter()
  const applicable = scenarios.filter((scenario) => appliesTo(scenario, supports))
  test.each(applicable.map((scenario) => [scenario.title, scenario] as const))("%s", async (_title, scenario) => {
    await expect(runScenario(host, scenario)).resolves.toBe("met")
  })
}
