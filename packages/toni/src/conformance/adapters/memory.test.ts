import { describe } from "vitest"
import { memoryHost, memoryHostWithoutPausing, memoryHostWithStrings } from "../hosts.ts"
import { meetsTheSuite } from "./meets.ts"

describe.each([memoryHost, memoryHostWithoutPausing, memoryHostWithStrings])("$name meets the suite", (host) => {
  meetsTheSuite(host)
})
