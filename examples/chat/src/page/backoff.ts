const first = 1_000
const longest = 15_000

/**
 * Milliseconds to wait before the next attempt, after `failures` in a row. Twice as long each time, and spread at random
 * over the upper half, so that not everybody comes back at the same moment. `random` is from 0 to 1.
 */
export function backoff(failures: number, random: number): number {
  const most = Math.min(longest, first * 2 ** Math.max(0, failures - 1))
  return Math.round(most * (0.5 + random / 2))
}
