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
  readonly #run = (): void => {
    const due = this.#due
    this.#due = []
    for (const flushable of due) flushable.flushTurn()
    this.shared.forget()
  }

  add(flushable: Flushable): void {
    if (this.#due.push(flushable) === 1) setImmediate(this.#run)
  }
}
