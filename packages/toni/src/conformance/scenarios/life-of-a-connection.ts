import type { Scenario } from "../scenario.ts"
import { closing } from "./closing.ts"
import { connecting } from "./connecting.ts"
import { contexts } from "./contexts.ts"
import { disconnecting } from "./disconnecting.ts"
import { expiring } from "./expiring.ts"
import { failing } from "./failing.ts"
import { ordering } from "./ordering.ts"
import { overload } from "./overload.ts"
import { reasons } from "./reasons.ts"
import { reentrancy } from "./reentrancy.ts"

/** G11–G19, but for sending (G15): from `onConnect` to `onDisconnect`. */
export const lifeOfAConnection: readonly Scenario[] = [
  ...connecting,
  ...ordering,
  ...overload,
  ...disconnecting,
  ...reasons,
  ...failing,
  ...closing,
  ...expiring,
  ...reentrancy,
  ...contexts,
]
