import type { Clock } from "../clock.ts"
import type { StartWatch } from "../di/binding.ts"
import type { Logger } from "./logger.ts"

/** How long a step of the start may take before the log names it, in milliseconds. */
const patience = 5_000

/** Names in the log what the start is waiting for; otherwise it would hang without a word. */
export function slowStarts(clock: Clock, logger: Logger): StartWatch {
  return ({ module, name }, step) => {
    const fields = { step, provider: name, module, seconds: patience / 1_000 }
    const timer = clock.after(patience, () => logger.warn(fields, "The start is still waiting for a provider"))
    return () => timer.cancel()
  }
}
