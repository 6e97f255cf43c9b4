/** How long somebody counts as typing without saying so again; longer than `repeatAfter`. */
const forgetAfter = 6_000
const repeatAfter = 3_000
/** Without a key press for this long, nobody is typing. */
const idleAfter = 4_000

/** Who else is typing. */
export class Typists {
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>()
  readonly #onChange: (ids: readonly string[]) => void

  constructor(onChange: (ids: readonly string[]) => void) {
    this.#onChange = onChange
  }

  set(id: string, isTyping: boolean): void {
    const before = this.#timers.get(id)
    if (before === undefined && !isTyping) return
    clearTimeout(before)
    if (isTyping)
      this.#timers.set(
        id,
        setTimeout(() => this.set(id, false), forgetAfter),
      )
    else this.#timers.delete(id)
    if ((before !== undefined) !== isTyping) this.#onChange([...this.#timers.keys()])
  }

  clear(): void {
    for (const id of this.#timers.keys()) this.set(id, false)
  }
}

/** Tells the others that we are typing: not at every key, and not for longer than it is true. */
export class TypingNotice {
  readonly #tell: (on: boolean) => void
  #toldAt: number | undefined
  #idle: ReturnType<typeof setTimeout> | undefined

  constructor(tell: (on: boolean) => void) {
    this.#tell = tell
  }

  /** The field has changed; `hasText` when there is something in it. */
  changed(hasText: boolean): void {
    clearTimeout(this.#idle)
    if (!hasText) return this.#stop()
    this.#idle = setTimeout(() => this.#stop(), idleAfter)
    const now = performance.now()
    if (this.#toldAt !== undefined && now - this.#toldAt < repeatAfter) return
    this.#toldAt = now
    this.#tell(true)
  }

  /** What was typed is sent; the message itself says that the typing is over. */
  sent(): void {
    clearTimeout(this.#idle)
    this.#toldAt = undefined
  }

  #stop(): void {
    if (this.#toldAt === undefined) return
    this.#toldAt = undefined
    this.#tell(false)
  }
}
