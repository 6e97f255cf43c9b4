import type { Clock, Timer } from "../clock.ts"

/** Writes one line; never throws. */
export type LogLine = (level: "info" | "warn", fields: Readonly<Record<string, unknown>>, message: string) => void

/** What happened, and why. */
export interface ReasonedLine {
  /** One of few texts, never a client's own. */
  readonly reason: string
  readonly level?: "info" | "warn"
  readonly fields: Readonly<Record<string, unknown>>
}

/** Lines about one reason within one second. */
interface Second {
  readonly since: number
  lines: number
  unsaid: number
  timer: Timer | undefined
}

const second = 1_000
const linesPerSecond = 10

/** What the lines say: of one, and of many that were not written. */
export interface ReasonTexts {
  readonly one: string
  readonly more: string
}

/** Logs what strangers can bring about as often as they like: ten a second for each reason; of the rest, how many. */
export class ReasonLog {
  readonly #clock: Clock
  readonly #log: LogLine
  readonly #texts: ReasonTexts
  readonly #seconds = new Map<string, Second>()

  constructor(clock: Clock, log: LogLine, texts: ReasonTexts) {
    this.#texts = texts
    this.#clock = clock
    this.#log = log
  }

  write({ reason, level = "info", fields }: ReasonedLine): void {
    const now = this.#clock.now()
    let current = this.#seconds.get(reason)
    if (current === undefined || now - current.since >= second) {
      if (current !== undefined) this.#sayRest(reason, current)
      current = { since: now, lines: 0, unsaid: 0, timer: undefined }
      this.#seconds.set(reason, current)
    }
    if (current.lines < linesPerSecond) {
      current.lines++
      this.#log(level, fields, this.#texts.one)
      return
    }
    const { since } = current
    current.unsaid++
    current.timer ??= this.#clock.after(since + second - now, () => this.#sayRest(reason, current))
  }

  /** Says what is left to say, and leaves no timer. */
  end(): void {
    for (const [reason, current] of this.#seconds) this.#sayRest(reason, current)
    this.#seconds.clear()
  }

  #sayRest(reason: string, current: Second): void {
    current.timer?.cancel()
    if (current.unsaid > 0) this.#log("info", { reason, count: current.unsaid }, this.#texts.more)
    current.unsaid = 0
  }
}
