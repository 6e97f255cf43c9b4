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

/** A timer that comes later than this, in milliseconds, was held up by ourselves: a handler blocks, the process was stopped. */
export const heldUp: number = 500
/** In so many milliseconds the event loop reads what the operating system holds. */
const breath = 50

/**
 * The same time, with timers that do not count our own stalls (rule G21c). Behind a stall a runtime runs timers before
 * it reads, and nobody is to be blamed for what has come and was not read: a timer that was held up comes back once,
 * later by as much as it came late, within the bounds of a moment for reading and its own delay.
 */
export function stallProof(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    date: () => clock.date(),
    after: (milliseconds, task) => new StallProofTimer(clock, milliseconds, task),
  }
}

class StallProofTimer implements Timer {
  #timer: Timer

  constructor(clock: Clock, milliseconds: number, task: () => void) {
    const due = clock.now() + milliseconds
    this.#timer = clock.after(milliseconds, () => {
      const late = clock.now() - due
      if (late <= heldUp) return task()
      this.#timer = clock.after(Math.max(breath, Math.min(milliseconds, late)), task)
    })
  }

  cancel(): void {
    this.#timer.cancel()
  }
}
