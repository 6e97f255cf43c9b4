import type { Fault } from "../broken-adapter.ts"

/** For each scenario, by title, a mistake that it must notice. */
export const shutdown: Readonly<Record<string, Fault>> = {}
