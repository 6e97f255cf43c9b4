import type { Scenario } from "../scenario.ts"

/** G15: backpressure and slow consumers. */
export const sending: readonly Scenario[] = []
