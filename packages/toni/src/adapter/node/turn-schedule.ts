import { InflationBudget } from "../../protocol/inflation-budget.ts"
import { NeutralContext } from "../node-upgrade/neutral-context.ts"
import { SharedFrames } from "./shared-frames.ts"
import { WriteQueue } from "./write-queue.ts"

/** Something that has a turn, and must not take the turn of others with it when it throws. */
interface Breakable {
  /** Its turn threw this. Must not throw. */
  broke(error: unknown): void
}

/** Something with bytes to write, once for everything that was sent to it in a turn of the event loop. */
export interface Flushable extends Breakable {
  flushTurn(): void
}

/** Something that has more to read, and lets others come first. */
export interface TurnReader extends Breakable {
  readTurn(): void
  /** Its turn inflates something. */
  readonly isInflating: boolean
}

/** How many queues that nobody needs are kept for the next turn. */
const mostSpare = 64

/**
 * One `setImmediate` for all sockets that have something to write: it runs right after the poll phase that read, so
 * whatever was sent meanwhile, from a read, a timer or a promise, leaves in one write per socket.
 */
export class TurnSchedule {
  /** What the sockets have in common until they are flushed. */
  readonly shared: SharedFrames = new SharedFrames()
  /** Grows from turn to turn, at least of those in which something is sent. */
  turn = 0
  /** What all of them may inflate in a turn. */
  readonly inflation: InflationBudget = new InflationBudget()
  /** Where the turns run, whoever has asked for them. */
  readonly context: NeutralContext = new NeutralContext()
  #due: Flushable[] = []
  /** The list of the turn before, empty. */
  #spareList: Flushable[] = []
  #readers: TurnReader[] | undefined
  readonly #spareQueues: WriteQueue[] = []
  #isSet = false
  readonly #run = (): void => {
    this.#isSet = false
    this.turn++
    this.inflation.renew()
    // What they read may be answered, so they come before the writes.
    if (this.#readers !== undefined) this.#readOn(this.#readers)
    const due = this.#due
    this.#due = this.#spareList
    this.#spareList = due
    for (const flushable of due) {
      try {
        flushable.flushTurn()
      } catch (error) {
        flushable.broke(error)
      }
    }
    due.length = 0
    this.shared.forget()
  }

  /** Has a socket read on when everybody else had a turn. */
  readLater(reader: TurnReader): void {
    ;(this.#readers ??= []).push(reader)
    this.forgetLater()
  }

  add(flushable: Flushable): void {
    this.#due.push(flushable)
    this.forgetLater()
  }

  /** Something was shared outside of a run: it is forgotten with the next one. */
  forgetLater(): void {
    if (this.#isSet) return
    this.#isSet = true
    this.context.run(setImmediate, this.#run)
  }

  /** A queue, for as long as a socket has something to write: one that is idle has none. */
  borrowQueue(): WriteQueue {
    return this.#spareQueues.pop() ?? new WriteQueue()
  }

  returnQueue(queue: WriteQueue): void {
    queue.clear()
    if (this.#spareQueues.length < mostSpare) this.#spareQueues.push(queue)
  }

  /** First come, first served; who would inflate when all of it is used up stays ahead of those who come now. */
  #readOn(readers: readonly TurnReader[]): void {
    const kept: TurnReader[] = []
    this.#readers = undefined
    for (const reader of readers) {
      if (this.inflation.isSpent && reader.isInflating) kept.push(reader)
      else this.context.isolate(readTurnOf, reader)
    }
    if (kept.length === 0) return
    this.#readers = kept.concat(this.#readers ?? [])
    this.forgetLater()
  }
}

function readTurnOf(reader: TurnReader): void {
  try {
    reader.readTurn()
  } catch (error) {
    reader.broke(error)
  }
}
