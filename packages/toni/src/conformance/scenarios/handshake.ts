import type { Scenario } from "../scenario.ts"

/** G4–G10: who may come in, and how the others are told. */
export const handshake: readonly Scenario[] = []
