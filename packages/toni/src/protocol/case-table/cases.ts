import type { Case } from "./case.ts"
import { closing } from "./closing.ts"
import { framing } from "./framing.ts"
import { limits } from "./limits.ts"
import { textEncoding } from "./text-encoding.ts"

/** Sections 1 to 7, 9 and 10. Those about compression, 12 and 13, are in compression.ts. */
export const cases: readonly Case[] = [...framing, ...textEncoding, ...closing, ...limits]
