import { byId } from "./dom.ts"
import { count } from "./text.ts"

/** Counts what came in unseen: in the title of the tab, and on the button that leads to it. */
export class Unread {
  readonly #button = byId("to-newest", HTMLButtonElement)
  readonly #isSeeing: () => boolean
  #title = document.title
  #count = 0

  /** `isSeeing` says whether the newest message is in sight. */
  constructor(isSeeing: () => boolean, toNewest: () => void) {
    this.#isSeeing = isSeeing
    this.#button.addEventListener("click", toNewest)
    document.addEventListener("visibilitychange", () => this.look())
  }

  /** A message has come in. True when it is the first one unseen. */
  arrived(): boolean {
    if (this.#isWatching()) return false
    this.#count++
    this.#show()
    return this.#count === 1
  }

  /** Somebody has scrolled, or come back to the tab. */
  look(): void {
    if (this.#isWatching()) this.#count = 0
    this.#show()
  }

  /** Begins anew, with the title that the tab has while nothing is unread. */
  reset(title: string): void {
    this.#title = title
    this.#count = 0
    this.#show()
  }

  #isWatching(): boolean {
    return document.visibilityState === "visible" && this.#isSeeing()
  }

  #show(): void {
    document.title = this.#count > 0 ? `(${this.#count}) ${this.#title}` : this.#title
    this.#button.hidden = this.#isSeeing()
    this.#button.textContent = this.#count > 0 ? count(this.#count, "new message", "new messages") : "To the newest"
  }
}
