import type { Clock } from "../clock.ts"
import type { Connection } from "../connection/connection.ts"
import type { HomeContext } from "../home-context.ts"
import { Countdown } from "../module/countdown.ts"
import type { LiveConnections } from "./live-connections.ts"
import { Turns } from "./turns.ts"

export interface DrainPlan {
  /** Where clients are given up. */
  readonly home: HomeContext
  readonly clock: Clock
  readonly code: 1001 | 1012
  /** Milliseconds over which the clients are closed, so that they do not all come back at once. */
  readonly window: number
  /** Milliseconds after the last wave, when whoever is left is closed, and cut if it does not answer. */
  readonly timeout: number
}

/** How often a wave of clients is closed within the window, in milliseconds. */
const wavePeriod = 100
/** What peers get to answer a Close, and hooks to settle, once time is up, in milliseconds. */
const grace = 1_000
/** Once time is up: the first round closes, the next one cuts whoever has not answered, the last one gives up hooks. */
const rounds = 3
/** How many may have been asked to close and still be there, before others wait a moment for their answers. */
const crowd = 128
/** That moment, in milliseconds. */
const moment = 10

/**
 * Ends every connection: each lets its handlers settle, is flushed and closed; who takes too long is closed without
 * that, then cut (rule G21a). However many there are, neither asking them nor their answers take up the event loop.
 * Resolves when `live` is empty or time is up.
 */
export async function drain(live: LiveConnections, plan: DrainPlan): Promise<void> {
  const { clock, code, home, timeout } = plan
  const asking = new Turns(clock)
  await Promise.race([askAll(live, plan, asking), live.whenEmpty()])
  asking.cancel()
  await emptyWithin(timeout, clock, live)
  // A hook of a client may have called close(); the onDisconnect of others must not run in its async context (rule G12e).
  await home.run(async () => {
    for (let round = 0; round < rounds && live.size > 0; round++) {
      const abandoning = new Turns(clock)
      void abandoning.each([...live], (connection) => connection.abandon(code))
      await emptyWithin(grace, clock, live)
      abandoning.cancel()
    }
  })
}

/** Asks all who are there now to close, in waves over the window. */
async function askAll(live: LiveConnections, { clock, code, window }: DrainPlan, turns: Turns): Promise<void> {
  const connections = [...live]
  const begun = clock.now()
  const waves = Math.max(1, Math.min(connections.length, Math.floor(window / wavePeriod) + 1))
  const perWave = Math.ceil(connections.length / waves)
  let asked = 0
  const close = (connection: Connection): void => {
    asked++
    void connection.drain(code)
  }
  const pause = (): number => (asked - (connections.length - live.size) > crowd ? moment : 0)
  for (let wave = 0; wave < waves; wave++) {
    if (wave > 0) await turns.after(Math.max(0, begun + (wave * window) / waves - clock.now()))
    await turns.each(connections.slice(wave * perWave, (wave + 1) * perWave), close, pause)
  }
}

/** Resolves when nobody is there any more, or the time is up. */
async function emptyWithin(milliseconds: number, clock: Clock, live: LiveConnections): Promise<void> {
  if (live.size === 0) return
  const countdown = new Countdown(clock, milliseconds)
  await countdown.bound(live.whenEmpty())
  countdown.cancel()
}
