import type { Scenario } from "./scenario.ts"
import { frames } from "./scenarios/frames.ts"
import { handshake } from "./scenarios/handshake.ts"
import { lifeOfAConnection } from "./scenarios/life-of-a-connection.ts"
import { limits } from "./scenarios/limits.ts"
import { sending } from "./scenarios/sending.ts"
import { shutdown } from "./scenarios/shutdown.ts"
import { topics } from "./scenarios/topics.ts"

/** Every scenario of the suite, in the order of the rules. */
export const scenarios: readonly Scenario[] = [
  ...handshake,
  ...lifeOfAConnection,
  ...sending,
  ...limits,
  ...shutdown,
  ...topics,
  ...frames,
]
