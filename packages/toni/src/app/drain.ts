import type { Clock, Timer } from "../clock.ts"
import { inTurns } from "./in-turns.ts"
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
/** What peers get to answer a Close, and hooks to settle, once time is up, in milliseconds. */
const grace = 1_000
/** Once time is up: the first round closes, the next one cuts whoever has not answered, the last one gives up hooks. */
const rounds = 3

/**
 * Ends every connection: each lets its handlers settle, is flushed and closed; who takes too long is closed without
 * that, then cut (rule G21a). No wave stops the event loop, however many clients it has. Resolves when `live` is empty
 * or time is up.
 */
export async function drain(live: LiveConnections, plan: DrainPlan): Promise<void> {
  const { clock, code, window, timeout } = plan
  const connections = [...live]
  const waves = Math.max(1, Math.min(connections.length, Math.floor(window / wavePeriod) + 1))
  const perWave = Math.ceil(connections.length / waves)
  const close = (wave: number): Timer => {
    const due = connections.slice(wave * perWave, (wave + 1) * perWave)
    return inTurns(clock, due, (connection) => void connection.drain(code))
  }
  const pacing = Array.from({ length: waves }, (_, wave) => {
    if (wave === 0) return close(0)
    let closing: Timer = clock.after((wave * window) / waves, () => (closing = close(wave)))
    return { cancel: () => closing.cancel() }
  })
  await emptyWithin(window + timeout, clock, live)
  for (const each of pacing) each.cancel()
  for (let round = 0; round < rounds && live.size > 0; round++) {
    const abandoning = inTurns(clock, [...live], (connection) => connection.abandon(code))
    await emptyWithin(grace, clock, live)
    abandoning.cancel()
  }
}

/** Resolves when nobody is there any more, or the time is up. */
async function emptyWithin(milliseconds: number, clock: Clock, live: LiveConnections): Promise<void> {
  if (live.size === 0) return
  await new Promise<void>((resolve) => {
    const timer = clock.after(milliseconds, resolve)
    void live.whenEmpty().then(() => {
      timer.cancel()
      resolve()
    })
  })
}
