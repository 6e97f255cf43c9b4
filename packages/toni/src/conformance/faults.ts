import type { Fault } from "./broken-adapter.ts"
import { frames } from "./faults/frames.ts"
import { handshake } from "./faults/handshake.ts"
import { lifeOfAConnection } from "./faults/life-of-a-connection.ts"
import { limits } from "./faults/limits.ts"
import { sending } from "./faults/sending.ts"
import { shutdown } from "./faults/shutdown.ts"
import { topics } from "./faults/topics.ts"

/** For each scenario, by title, a mistake of an adapter that it must notice. */
export const faults: Readonly<Record<string, Fault>> = {
  ...handshake,
  ...lifeOfAConnection,
  ...sending,
  ...limits,
  ...shutdown,
  ...topics,
  ...frames,
}
