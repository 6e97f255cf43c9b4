import type { Clock } from "../clock.ts"
import type { Counters } from "../connection/counters.ts"
import type { Logger } from "./logger.ts"

/** How long nothing more is said, in milliseconds. */
const silence = 60_000

/** Counts that the process could open no more files, and warns of it once a minute. `logger` MUST not throw. */
export function fileShortage(clock: Clock, counters: Counters, logger: Logger): (limit: string) => void {
  let quietUntil = -Infinity
  return (limit) => {
    counters.outOfFiles++
    if (clock.now() < quietUntil) return
    quietUntil = clock.now() + silence
    logger.warn({ limit }, "New connections are turned away: the process may open no more files")
  }
}
