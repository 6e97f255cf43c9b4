import { describe, expect, test } from "vitest"
import { breakHost, type Fault } from "./broken-adapter.ts"
import { faults } from "./faults.ts"
import { memoryHost, memoryHostWithoutPausing, wsHost } from "./hosts.ts"
import { appliesTo, type ConformanceHost, type Scenario } from "./scenario.ts"
import { scenarios } from "./scenarios.ts"
import { runScenario } from "./stage.ts"

/** Each scenario is tried on the first of these that it applies to. */
const hosts = [breakable(memoryHost), breakable(wsHost), breakable(memoryHostWithoutPausing)]

function breakable<Server>(host: ConformanceHost<Server>) {
  return {
    supports: host.webSocketAdapter().supports,
    run: (fault: Fault, scenario: Scenario) => runScenario(breakHost(host, fault), scenario, { limit }),
  }
}

/** Some mistakes show only in that nothing happens; those take this long, in milliseconds. */
const limit = 500

describe("the suite rejects an adapter that makes a mistake", () => {
  test.concurrent.each(scenarios.map((scenario) => [scenario.title, scenario] as const))(
    "%s",
    async (title, scenario) => {
      const fault = faults[title] as Fault
      expect(fault, "every scenario names a mistake that it notices").toBeDefined()
      const host = hosts.find(({ supports }) => appliesTo(scenario, supports)) as (typeof hosts)[number]
      expect(host, "every scenario applies to some adapter").toBeDefined()
      await expect(host.run(fault, scenario)).rejects.toThrow(Error)
    },
  )

  test("every mistake belongs to a scenario", () => {
    const titles = scenarios.map(({ title }) => title)
    expect(Object.keys(faults).filter((title) => !titles.includes(title))).toEqual([])
    expect(new Set(titles).size).toBe(titles.length)
  })
})
