import type { Scenario } from "../scenario.ts"

/** G21–G22: the end of an application. */
export const shutdown: readonly Scenario[] = []
