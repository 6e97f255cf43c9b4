/** The headers of a request, read-only, in the manner of the web's `Headers`: names in any case. */
export interface HeaderView {
  /** The value; repeated headers are joined by `", "`; `null` when there is none. */
  get(name: string): string | null
  has(name: string): boolean
  /** Every value of a header that came more than once. */
  getAll(name: string): readonly string[]
  entries(): IterableIterator<[name: string, value: string]>
  [Symbol.iterator](): IterableIterator<[name: string, value: string]>
}

/** A view on names and values that alternate, as they came over the wire. */
export function headerView(raw: readonly string[]): HeaderView {
  const values = new Map<string, string[]>()
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase()
    const value = raw[index + 1] as string
    const known = values.get(name)
    if (known) known.push(value)
    else values.set(name, [value])
  }
  const getAll = (name: string): readonly string[] => values.get(name.toLowerCase()) ?? []
  const entries = function* (): IterableIterator<[string, string]> {
    for (const [name, all] of values) yield [name, all.join(", ")]
  }
  return {
    get: (name) => (getAll(name).length > 0 ? getAll(name).join(name.toLowerCase() === "cookie" ? "; " : ", ") : null),
    has: (name) => getAll(name).length > 0,
    getAll,
    entries,
    [Symbol.iterator]: entries,
  }
}
