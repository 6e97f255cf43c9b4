import { describe } from "vitest"
import { nodeHostWithoutSharing } from "../hosts.ts"
import { meetsTheSuite } from "./meets.ts"

describe("the node adapter meets the suite where sockets share no buffer", () => {
  meetsTheSuite(nodeHostWithoutSharing)
})
