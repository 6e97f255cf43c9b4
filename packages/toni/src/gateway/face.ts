/** A name that nobody gives to a member. */
const madeUp = "no member has this name"

/**
 * What an object shows of itself, read without trust: a getter or a proxy may throw, and a test double may have an
 * answer to every name. Nothing here throws. Each member is read once.
 */
export class Face {
  readonly #instance: object
  readonly #values = new Map<string, unknown>()
  readonly #failures = new Map<string, unknown>()
  #names: ReadonlySet<string> | undefined

  constructor(instance: object) {
    this.#instance = instance
  }

  /** The member; `undefined` when there is none, or it cannot be read. */
  read(name: string): unknown {
    if (!this.#values.has(name)) this.#values.set(name, this.#try(name))
    return this.#values.get(name)
  }

  /** What reading a member has thrown, where the object has that member; proxies may throw at any name. */
  failureOf(name: string): { readonly error: unknown } | undefined {
    this.read(name)
    return this.#failures.has(name) && this.names.has(name) ? { error: this.#failures.get(name) } : undefined
  }

  /** Whether it has an answer to any name: then a member says nothing about what the object is. */
  get answersEverything(): boolean {
    return this.read(madeUp) !== undefined
  }

  /** The names of all members, inherited ones too. */
  get names(): ReadonlySet<string> {
    return (this.#names ??= memberNames(this.#instance))
  }

  #try(name: string): unknown {
    try {
      return (this.#instance as Readonly<Record<string, unknown>>)[name]
    } catch (error) {
      this.#failures.set(name, error)
      return undefined
    }
  }
}

function memberNames(instance: object): ReadonlySet<string> {
  const names = new Set<string>()
  try {
    for (let owner: object | null = instance; owner !== null; owner = Object.getPrototypeOf(owner) as object | null) {
      for (const name of Object.getOwnPropertyNames(owner)) names.add(name)
    }
  } catch {
    // A proxy that hides its members has none that could be misspelt.
  }
  return names
}
