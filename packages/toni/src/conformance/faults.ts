import type { Fault } from "./broken-adapter.ts"
import { contexts } from "./faults/contexts.ts"
import { controlFrames } from "./faults/control-frames.ts"
import { earlyFrames } from "./faults/early-frames.ts"
import { farewells } from "./faults/farewells.ts"
import { compression } from "./faults/compression.ts"
import { frames } from "./faults/frames.ts"
import { handshake } from "./faults/handshake.ts"
import { lifeOfAConnection } from "./faults/life-of-a-connection.ts"
import { hoarding } from "./faults/hoarding.ts"
import { limits } from "./faults/limits.ts"
import { origins } from "./faults/origins.ts"
import { paths } from "./faults/paths.ts"
import { requests } from "./faults/requests.ts"
import { sending } from "./faults/sending.ts"
import { shutdown } from "./faults/shutdown.ts"
import { subprotocols } from "./faults/subprotocols.ts"
import { topics } from "./faults/topics.ts"
import { vanishing } from "./faults/vanishing.ts"
import { violations } from "./faults/violations.ts"

/** For each scenario, by title, a mistake of an adapter that it must notice. */
export const faults: Readonly<Record<string, Fault>> = {
  ...paths,
  ...requests,
  ...handshake,
  ...farewells,
  ...origins,
  ...vanishing,
  ...subprotocols,
  ...lifeOfAConnection,
  ...contexts,
  ...sending,
  ...hoarding,
  ...limits,
  ...shutdown,
  ...topics,
  ...frames,
  ...compression,
  ...earlyFrames,
  ...controlFrames,
  ...violations,
}
