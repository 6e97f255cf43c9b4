/** One extension that a client offers, with its parameters in order; one without a value has `true`. */
export interface ExtensionOffer {
  readonly name: string
  readonly params: readonly (readonly [name: string, value: string | true])[]
}

/**
 * Reads `Sec-WebSocket-Extensions` (RFC 6455 section 9.1), once from left to right. `undefined` when it is malformed.
 */
export function parseExtensions(header: string): readonly ExtensionOffer[] | undefined {
  const offers: ExtensionOffer[] = []
  const scanner = new Scanner(header)
  do {
    const name = scanner.token()
    if (name === undefined) return undefined
    const params: [string, string | true][] = []
    while (scanner.take(";")) {
      const param = scanner.token()
      if (param === undefined) return undefined
      const value = scanner.take("=") ? (scanner.quoted() ?? scanner.token()) : true
      if (value === undefined) return undefined
      params.push([param, value])
    }
    offers.push({ name, params })
  } while (scanner.take(","))
  return scanner.isDone ? offers : undefined
}

const tokenCharacter = /[!#$%&'*+\-.^_`|~0-9A-Za-z]/
/** Sticky: it is looked for at `lastIndex`, and nowhere else. */
const quotedToken = new RegExp(`"((?:\\\\?${tokenCharacter.source})+)"`, "y")

/** A position in a header value; blanks between its parts do not count. */
class Scanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
    this.#skipBlanks()
  }

  get isDone(): boolean {
    return this.#at === this.#text.length
  }

  take(mark: string): boolean {
    if (this.#text[this.#at] !== mark) return false
    this.#at++
    this.#skipBlanks()
    return true
  }

  token(): string | undefined {
    const start = this.#at
    while (this.#at < this.#text.length && tokenCharacter.test(this.#text[this.#at] as string)) this.#at++
    const token = this.#text.slice(start, this.#at)
    this.#skipBlanks()
    return token === "" ? undefined : token
  }

  /** A token in quotes: that is all that may stand in them, once `\` is taken away (RFC 6455 section 9.1). */
  quoted(): string | undefined {
    quotedToken.lastIndex = this.#at
    const [whole, token] = quotedToken.exec(this.#text) ?? []
    if (whole === undefined || token === undefined) return undefined
    this.#at += whole.length
    this.#skipBlanks()
    return token.replaceAll("\\", "")
  }

  #skipBlanks(): void {
    while (this.#text[this.#at] === " " || this.#text[this.#at] === "\t") this.#at++
  }
}
