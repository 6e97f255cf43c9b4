import { describe } from "vitest"
import { memoryHost } from "../hosts.ts"
import { meetsTheSuite } from "./meets.ts"

describe("the memory adapter meets the suite", () => {
  meetsTheSuite(memoryHost)
})
