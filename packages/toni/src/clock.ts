/** A timer that has been set; cancelling it twice, or after it has run, does nothing. */
export interface Timer {
  cancel(): void
}

/** Where toni takes its time from. It is handed in, so that tests move it instead of waiting. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. Deadlines are counted in it. */
  now(): number
  /** Milliseconds since 1970-01-01 UTC, as the machine believes; may jump. Only `expiresAt` is compared with it. */
  date(): number
  /** Runs `task` once, `milliseconds` from now; never before this call has returned. */
  after(milliseconds: number, task: () => void): Timer
}

/** The longest delay that timers of JavaScript runtimes take: about 24.8 days. */
export const longestDelay: number = 2 ** 31 - 1

/** The time of the machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after(milliseconds, task) {
    const timer = setTimeout(task, Math.min(milliseconds, longestDelay))
    return { cancel: () => clearTimeout(timer) }
  },
}
