import type { Scenario } from "../scenario.ts"

/** H1–H5: topics on one node. */
export const topics: readonly Scenario[] = []
