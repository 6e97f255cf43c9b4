import type { Scenario } from "../scenario.ts"

/** RFC 6455 in bytes: for adapters whose peers speak it. */
export const frames: readonly Scenario[] = []
