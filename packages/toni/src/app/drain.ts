import type { Clock } from "../clock.ts"
import type { LiveConnections } from "./live-connections.ts"

export interface DrainPlan {
  readonly clock: Clock
  readonly code: 1001 | 1012
  /** Milliseconds over which the clients are closed, so that they do not all come back at once. */
  readonly window: number
  /** Milliseconds after the last wave, when whoever is left is cut. */
  readonly timeout: number
}

/** How often a wave of clients is closed within the window, in milliseconds. */
const wavePeriod = 100
/** What is left to `onDisconnect` hooks once time is up, in milliseconds. */
const grace = 1_000

/**
 * Ends every connection: each lets its handlers settle, is flushed and closed; who takes too long is cut (rule G21a).
 * Resolves when `live` is empty or time is up.
 */
export async function drain(live: LiveConnections, plan: DrainPlan): Promise<void> {
  const { clock, code, window, timeout } = plan
  const connections = [...live]
  const waves = Math.max(1, Math.min(connections.length, Math.floor(window / wavePeriod) + 1))
  const perWave = Math.ceil(connections.length / waves)
  const timers = Array.from({ length: waves - 1 }, (_, index) => {
    const wave = index + 1
    const due = connections.slice(wave * perWave, (wave + 1) * perWave)
    return clock.after((wave * window) / waves, () => due.forEach((connection) => void connection.drain(code)))
  })
  connections.slice(0, perWave).forEach((connection) => void connection.drain(code))
  const isOver = await Promise.race([live.whenEmpty().then(() => true), elapsed(clock, window + timeout, live)])
  for (const timer of timers) timer.cancel()
  if (isOver) return
  for (const connection of live) connection.abandon(code)
  await Promise.race([live.whenEmpty(), elapsed(clock, grace, live)])
  // Whose onDisconnect hangs as well is given up with it.
  for (const connection of live) connection.abandon(code)
}

async function elapsed(clock: Clock, milliseconds: number, live: LiveConnections): Promise<false> {
  await new Promise<void>((resolve) => {
    const timer = clock.after(milliseconds, resolve)
    void live.whenEmpty().then(() => timer.cancel())
  })
  return false
}
