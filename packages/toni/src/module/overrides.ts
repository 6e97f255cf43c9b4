import type { Recipe } from "../di/binding.ts"
import { nameOf, type AnyToken } from "../di/injection-token.ts"
import { readProvider } from "../di/read-provider.ts"
import type { StartupProblem } from "../errors.ts"
import { brokenProvider, unmatchedOverride } from "./problems.ts"

/** What stands in for providers wherever they are listed; of two for one token the last counts. */
export class Overrides {
  readonly #recipes = new Map<AnyToken, Recipe>()
  readonly #taken = new Set<AnyToken>()
  readonly #broken: StartupProblem[] = []

  constructor(overrides: readonly unknown[]) {
    for (const [index, entry] of overrides.entries()) {
      const { token, recipe, problem } = readProvider(entry, `overrides[${index}]`)
      if (problem !== undefined) this.#broken.push(brokenProvider(overridesName, problem))
      if (token !== undefined) this.#recipes.set(token, recipe)
    }
  }

  take(token: AnyToken): Recipe | undefined {
    this.#taken.add(token)
    return this.#recipes.get(token)
  }

  /** Asked once every provider has been read. */
  get problems(): readonly StartupProblem[] {
    const unmatched = [...this.#recipes.keys()].filter((token) => !this.#taken.has(token))
    return [...this.#broken, ...unmatched.map((token) => unmatchedOverride(overridesName, nameOf(token)))]
  }
}

/** Stands where a problem names its module. */
const overridesName = "(overrides)"
