import { errorAtCall } from "./error-at-call.ts"

/** What has come and not been asked for, or was asked for and has not come: one of the two is always empty. */
export class WaitingQueue<Item> {
  readonly #items: Item[] = []
  readonly #waiting: {
    resolve(item: Item): void
    reject(error: Error): void
    place: ReturnType<typeof errorAtCall>
  }[] = []
  #failure: string | undefined

  /** Items that nobody has asked for. */
  get size(): number {
    return this.#items.length
  }

  push(item: Item): void {
    const waiter = this.#waiting.shift()
    if (waiter) waiter.resolve(item)
    else this.#items.push(item)
  }

  /** The oldest item, now or when it comes; rejects once nothing can come any more. */
  next(): Promise<Item> {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift() as Item)
    const next =
      this.#failure === undefined
        ? new Promise<Item>((resolve, reject) => this.#waiting.push({ resolve, reject, place: errorAtCall() }))
        : Promise.reject(new Error(this.#failure))
    // Whoever asks may look at the answer later, or never.
    next.catch(() => undefined)
    return next
  }

  /** Nothing comes any more, for this reason. */
  end(failure: string): void {
    this.#failure ??= failure
    for (const waiter of this.#waiting.splice(0)) waiter.reject(waiter.place(new Error(failure)))
  }
}
