import { SharedFrames } from "./shared-frames.ts"

/** Something with bytes to write, once for everything that was sent to it in a turn of the event loop. */
export interface Flushable {
  flushTurn(): void
}

/**
 * One `setImmediate` for all sockets that have something to write: it runs right after the poll phase that read, so
 * whatever was sent meanwhile, from a read, a timer or a promise, leaves in one write per socket.
 */
export class FlushSchedule {
  /** What the sockets have in common until they are flushed. */
  readonly shared: SharedFrames = new SharedFrames()
  #due: Flushable[] = []
  #isSet = false
  readonly #run = (): void => {
    this.#isSet = false
    const due = this.#due
    this.#due = []
    for (const flushable of due) flushable.flushTurn()
    this.shared.forget()
  }

  add(flushable: Flushable): void {
    this.#due.push(flushable)
    this.forgetLater()
  }

  /** Something was shared outside of a run: it is forgotten with the next one. */
  forgetLater(): void {
    if (this.#isSet) return
    this.#isSet = true
    setImmediate(this.#run)
  }
}
