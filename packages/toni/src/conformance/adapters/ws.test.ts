import { describe } from "vitest"
import { wsHost } from "../hosts.ts"
import { meetsTheSuite } from "./meets.ts"

describe("the ws adapter meets the suite", () => {
  meetsTheSuite(wsHost)
})
