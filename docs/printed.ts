import { expect } from "vitest"
import type { RunningSnippet } from "./support/run.ts"

/** Claims that a snippet prints this, now or soon. */
export async function printed(server: RunningSnippet, text: string | RegExp): Promise<void> {
  await expect.poll(() => server.output(), { timeout: 20_000 }).toMatch(text)
}
