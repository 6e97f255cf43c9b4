import { heldUp, type Clock, type Timer } from "../clock.ts"

/** How often each connection is looked at, in milliseconds; deadlines hold within it (rule G20b). */
const period = 1_000
/** How many are looked at in one turn of the event loop, so that pings that are due together keep nobody waiting. */
const mostInTurn = 500

export interface Swept {
  /** `time` is in the terms of `Sweep.now()`. */
  sweep(time: number): void
}

/** Who is to be looked at. When one leaves, the last one takes its seat. */
export interface Seats {
  readonly size: number
  at(seat: number): Swept | undefined
}

/** One timer for all connections; to be stopped while there are none. */
export class Sweep {
  readonly #clock: Clock
  readonly #members: Seats
  #timer: Timer | undefined
  #due = 0
  #stalled = 0
  /** Whose seat is below it is still to be looked at in this period. */
  #seat = 0
  /** In how many turns this period's looks are taken, and how many of them are to come. */
  #turns = 1
  #turnsLeft = 0

  constructor(clock: Clock, members: Seats) {
    this.#clock = clock
    this.#members = members
  }

  /** Milliseconds in which peers could be heard: time without our own stalls, as far as they are known (rule G21c). */
  now(): number {
    return this.#clock.now() - this.stalled
  }

  /** The milliseconds of those stalls. One that is just over counts before anybody is looked at. */
  get stalled(): number {
    const late = this.#timer === undefined ? 0 : this.#clock.now() - this.#due
    return late > heldUp ? this.#stalled + late : this.#stalled
  }

  /** Does nothing when it has been started. */
  start(): void {
    if (this.#timer === undefined) this.#wait(period)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#turnsLeft = 0
  }

  #wait(milliseconds: number): void {
    this.#due = this.#clock.now() + milliseconds
    this.#timer = this.#clock.after(milliseconds, this.#run)
  }

  readonly #run = (): void => {
    this.#stalled = this.stalled
    this.#due = this.#clock.now()
    const { size } = this.#members
    if (this.#turnsLeft === 0) {
      this.#seat = size
      this.#turnsLeft = this.#turns = Math.max(1, Math.ceil(size / mostInTurn))
    }
    this.#look(Math.min(this.#seat, size))
    this.#turnsLeft--
    this.#wait(period / this.#turns)
  }

  /** From the last seat down: who is given the seat of one who has left has been looked at, or is so twice. */
  #look(from: number): void {
    const time = Math.trunc(this.now())
    const to = from - Math.ceil(from / this.#turnsLeft)
    for (let seat = from - 1; seat >= to; seat--) this.#members.at(seat)?.sweep(time)
    this.#seat = to
  }
}
