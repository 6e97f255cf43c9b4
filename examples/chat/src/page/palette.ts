const colours = 8
/** More people than anybody remembers by their colour. */
const mostRemembered = 1_000

/** Gives everybody a colour to keep, one of 8: the first eight to be seen have eight different ones. */
export class Palette {
  readonly #hues = new Map<string, number>()
  #next = 0

  hueOf(id: string): number {
    const known = this.#hues.get(id)
    if (known !== undefined) return known
    const hue = this.#next
    this.#next = (hue + 1) % colours
    this.#hues.set(id, hue)
    const [oldest] = this.#hues.keys()
    if (this.#hues.size > mostRemembered && oldest !== undefined) this.#hues.delete(oldest)
    return hue
  }
}
