import type { Binding, Diagnosis } from "./binding.ts"
import type { InjectionContext } from "./injection-context.ts"
import type { AnyToken } from "./injection-token.ts"
import { createPoison } from "./poison.ts"

/** A problem on the way to its report: `asker` is where the chain of dependents begins, `tail` what it ends with. */
export interface Finding {
  readonly asker: Binding
  readonly tail: readonly string[]
  readonly diagnosis: Diagnosis
  /** The tail is the whole chain: cycles are printed without the way that led to them. */
  readonly closed?: boolean
  readonly thrown?: { readonly cause: unknown }
}

/** Answers one `inject()` of the provider that a frame is making. */
export type Supply = (frame: Frame, token: AnyToken, optional: boolean) => unknown

/** One attempt to make one provider: what it asked for, and whether what comes out may be used. */
export class Frame implements InjectionContext {
  readonly binding: Binding
  readonly parent: Frame | undefined
  readonly dependencies: Set<Binding> = new Set()
  readonly findings: Finding[] = []
  /** It was given a stand-in, so that the result is worth nothing. */
  poisoned = false
  /** It used the stand-in, so that what it throws is not its own failure. */
  touched = false
  /** The async factory at which it was stopped. It stays set when the constructor swallows the `Suspension`. */
  waitsOn: Binding | undefined
  readonly #supply: Supply

  constructor(binding: Binding, parent: Frame | undefined, supply: Supply) {
    this.binding = binding
    this.parent = parent
    this.#supply = supply
  }

  resolve(token: AnyToken, optional: boolean): unknown {
    return this.#supply(this, token, optional)
  }

  poison(finding?: Omit<Finding, "asker">): unknown {
    this.poisoned = true
    if (finding !== undefined) this.findings.push({ ...finding, asker: this.binding })
    return createPoison(() => (this.touched = true))
  }

  suspend(on: Binding): never {
    this.waitsOn = on
    throw new Suspension()
  }

  /** The names from `target`, which is being made further out, back to itself. */
  pathBackTo(target: Binding): readonly string[] {
    return [...this.#pathFrom(target), target.name]
  }

  #pathFrom(target: Binding): readonly string[] {
    const before = this.binding === target || this.parent === undefined ? [] : this.parent.#pathFrom(target)
    return [...before, this.binding.name]
  }
}

/** Leaves a constructor or factory that has to be started again. */
class Suspension extends Error {
  constructor() {
    super("What is injected here is still being made. toni starts this constructor or factory again; let this pass.")
  }
}
