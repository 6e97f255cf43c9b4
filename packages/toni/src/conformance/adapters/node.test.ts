import { describe } from "vitest"
import { nodeHost } from "../hosts.ts"
import { meetsTheSuite } from "./meets.ts"

describe("the node adapter meets the suite", () => {
  meetsTheSuite(nodeHost)
})
