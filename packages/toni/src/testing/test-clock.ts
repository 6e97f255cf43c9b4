import { assertArgument } from "../checked-options.ts"
import type { Clock, Timer } from "../clock.ts"

interface Due {
  readonly at: number
  readonly task: () => void
}

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  readonly #start: number
  readonly #timers = new Set<Due>()
  #now = 0

  /** `date` is what the calendar says at first, in milliseconds since 1970. Default: 2026-01-01 UTC. */
  constructor(date: number = Date.UTC(2026, 0, 1)) {
    assertArgument(Number.isFinite(date), "The date of a TestClock is a number of milliseconds", date)
    this.#start = date
  }

  now(): number {
    return this.#now
  }

  date(): number {
    return this.#start + this.#now
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size
  }

  after(milliseconds: number, task: () => void): Timer {
    assertArgument(isTime(milliseconds), "after() takes milliseconds", milliseconds)
    assertArgument(typeof task === "function", "after() takes a function", task)
    const due: Due = { at: this.#now + milliseconds, task }
    this.#timers.add(due)
    return { cancel: () => void this.#timers.delete(due) }
  }

  /** Moves the time; timers on the way run in order, and what each sets going comes to rest before the next. */
  async advance(milliseconds: number): Promise<void> {
    const isRight = isTime(milliseconds) && milliseconds >= 0 && milliseconds < Infinity
    assertArgument(isRight, "advance() takes milliseconds, 0 or more", milliseconds)
    const end = this.#now + milliseconds
    await settled()
    for (let due = this.#next(end); due; due = this.#next(end)) {
      this.#timers.delete(due)
      this.#now = Math.max(this.#now, due.at)
      due.task()
      await settled()
    }
    this.#now = end
  }

  /** Time passes in which nothing runs, as when a handler blocks: timers that were due in it come late. */
  stall(milliseconds: number): void {
    const isRight = isTime(milliseconds) && milliseconds >= 0 && milliseconds < Infinity
    assertArgument(isRight, "stall() takes milliseconds, 0 or more", milliseconds)
    this.#now += milliseconds
  }

  #next(end: number): Due | undefined {
    let next: Due | undefined
    for (const due of this.#timers) if (due.at <= end && (next === undefined || due.at < next.at)) next = due
    return next
  }
}

function isTime(value: unknown): boolean {
  return typeof value === "number" && !Number.isNaN(value)
}

/** Resolves when every promise that can settle by itself has settled: one turn of the event loop later. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}
