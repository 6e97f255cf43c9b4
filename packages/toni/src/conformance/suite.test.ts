import { describe, expect, test } from "vitest"
import { breakHost, type Fault } from "./broken-adapter.ts"
import { faults } from "./faults.ts"
import { memoryHost, wsHost } from "./hosts.ts"
import { scenarios } from "./scenarios.ts"
import { runScenario } from "./stage.ts"

/** Some mistakes show only in that nothing happens; those take this long, in milliseconds. */
const limit = 500

describe("the suite rejects an adapter that makes a mistake", () => {
  test.concurrent.each(scenarios.map((scenario) => [scenario.title, scenario] as const))(
    "%s",
    async (title, scenario) => {
      const fault = faults[title] as Fault
      expect(fault, "every scenario names a mistake that it notices").toBeDefined()
      const running =
        scenario.needs === undefined
          ? runScenario(breakHost(memoryHost, fault), scenario, { limit })
          : runScenario(breakHost(wsHost, fault), scenario, { limit })
      await expect(running).rejects.toThrow(Error)
    },
  )

  test("every mistake belongs to a scenario", () => {
    const titles = scenarios.map(({ title }) => title)
    expect(Object.keys(faults).filter((title) => !titles.includes(title))).toEqual([])
    expect(new Set(titles).size).toBe(titles.length)
  })
})
