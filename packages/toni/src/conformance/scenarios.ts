import type { Scenario } from "./scenario.ts"
import { answerHeaders } from "./scenarios/answer-headers.ts"
import { controlFrames } from "./scenarios/control-frames.ts"
import { earlyFrames } from "./scenarios/early-frames.ts"
import { farewells } from "./scenarios/farewells.ts"
import { compressionAttacks } from "./scenarios/compression-attacks.ts"
import { compression } from "./scenarios/compression.ts"
import { frames } from "./scenarios/frames.ts"
import { halfClosing } from "./scenarios/half-closing.ts"
import { handshake } from "./scenarios/handshake.ts"
import { hoarding } from "./scenarios/hoarding.ts"
import { lifeOfAConnection } from "./scenarios/life-of-a-connection.ts"
import { limits } from "./scenarios/limits.ts"
import { origins } from "./scenarios/origins.ts"
import { paths } from "./scenarios/paths.ts"
import { requests } from "./scenarios/requests.ts"
import { sending } from "./scenarios/sending.ts"
import { shutdown } from "./scenarios/shutdown.ts"
import { subprotocols } from "./scenarios/subprotocols.ts"
import { topics } from "./scenarios/topics.ts"
import { vanishing } from "./scenarios/vanishing.ts"
import { violations } from "./scenarios/violations.ts"

/** Every scenario of the suite, in the order of the rules. */
export const scenarios: readonly Scenario[] = [
  ...paths,
  ...requests,
  ...handshake,
  ...answerHeaders,
  ...farewells,
  ...origins,
  ...vanishing,
  ...subprotocols,
  ...lifeOfAConnection,
  ...halfClosing,
  ...hoarding,
  ...sending,
  ...limits,
  ...shutdown,
  ...topics,
  ...frames,
  ...compression,
  ...compressionAttacks,
  ...earlyFrames,
  ...controlFrames,
  ...violations,
]
