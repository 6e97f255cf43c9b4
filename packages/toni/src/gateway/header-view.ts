import { assertArgument } from "../checked-options.ts"

/** The headers of a request, read-only, in the manner of the web's `Headers`: names in any case. */
export interface HeaderView {
  /** The value; repeated headers are joined by `", "`, cookies by `"; "`; `null` when there is none. */
  get(name: string): string | null
  has(name: string): boolean
  /** Every value of a header that came more than once. */
  getAll(name: string): readonly string[]
  entries(): IterableIterator<[name: string, value: string]>
  [Symbol.iterator](): IterableIterator<[name: string, value: string]>
}

/** A view on names and values that alternate, as they came over the wire; nothing is done before it is looked at. */
export function headerView(raw: readonly string[]): HeaderView {
  return new RawHeaders(raw)
}

class RawHeaders implements HeaderView {
  readonly #raw: readonly string[]
  #values: ReadonlyMap<string, readonly string[]> | undefined

  constructor(raw: readonly string[]) {
    this.#raw = raw
  }

  get(name: string): string | null {
    const all = this.getAll(name)
    return all.length > 0 ? joined(name.toLowerCase(), all) : null
  }

  has(name: string): boolean {
    return this.getAll(name).length > 0
  }

  getAll(name: string): readonly string[] {
    assertArgument(typeof name === "string", "A header has a name, a string", name)
    this.#values ??= valuesByName(this.#raw)
    return this.#values.get(name.toLowerCase()) ?? []
  }

  *entries(): IterableIterator<[string, string]> {
    this.#values ??= valuesByName(this.#raw)
    for (const [name, all] of this.#values) yield [name, joined(name, all)]
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries()
  }
}

/** Repeated headers as one (RFC 9110 section 5.3; of cookies, RFC 6265 section 5.4). */
function joined(name: string, all: readonly string[]): string {
  return all.join(name === "cookie" ? "; " : ", ")
}

function valuesByName(raw: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>()
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase()
    const value = raw[index + 1] as string
    const known = values.get(name)
    if (known) known.push(value)
    else values.set(name, [value])
  }
  return values
}
