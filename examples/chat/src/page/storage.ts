/** What the browser remembers; nothing, where it is not allowed to. */
class Shelf {
  readonly #open: () => Storage

  constructor(open: () => Storage) {
    this.#open = open
  }

  get(name: string): string | undefined {
    try {
      return this.#open().getItem(`toni.chat.${name}`) ?? undefined
    } catch {
      return undefined
    }
  }

  set(name: string, value: string | undefined): void {
    try {
      if (value === undefined) this.#open().removeItem(`toni.chat.${name}`)
      else this.#open().setItem(`toni.chat.${name}`, value)
    } catch {
      // Then it is forgotten.
    }
  }
}

/** For good, in this browser. */
export const remembered = new Shelf(() => localStorage)
/** For as long as this tab is open; survives a reload. */
export const ofThisTab = new Shelf(() => sessionStorage)
