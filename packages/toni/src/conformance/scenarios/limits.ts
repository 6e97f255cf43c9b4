import type { Scenario } from "../scenario.ts"

/** G20: limits, heartbeat. */
export const limits: readonly Scenario[] = []
