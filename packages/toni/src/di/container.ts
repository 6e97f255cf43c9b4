import type { StartupProblem } from "../errors.ts"
import { problemOf, unwatched, type Binding, type Resolver, type StartWatch } from "./binding.ts"
import { Frame, type Finding } from "./frame.ts"
import { runInContext } from "./injection-context.ts"
import { isToken, nameOf, type AnyToken } from "./injection-token.ts"
import { isThenable, whenSettled } from "../user-code.ts"
import { cycle, notAToken, providerFailed } from "./problems.ts"

type State =
  | { readonly kind: "building" }
  /** Its async factory has been called and has not settled. */
  | { readonly kind: "pending" }
  /** Stopped where it injected what `on` is still making; to be started again. */
  | { readonly kind: "waiting"; readonly on: Binding }
  | { readonly kind: "built"; readonly instance: unknown; readonly dependencies: Iterable<Binding> }
  | { readonly kind: "failed" }

/**
 * Makes one instance for each binding. What a provider depends on shows when it is made and calls `inject()`, so the
 * container makes by demand: `inject()` makes what it asks for, inside the constructor that asks.
 *
 * Factories are started first and together, so that constructors rarely meet one that has not settled.
 */
export class Container {
  readonly #bindings: readonly Binding[]
  readonly #resolver: Resolver
  readonly #watch: StartWatch
  readonly #states = new Map<Binding, State>()
  readonly #running = new Set<Promise<void>>()
  readonly #findings: Finding[] = []
  /** Who asked for a binding first. */
  readonly #dependents = new Map<Binding, Binding>()

  /** `bindings` in the order in which they are made and listed where dependencies leave a choice. */
  constructor(bindings: readonly Binding[], resolver: Resolver, watch: StartWatch = unwatched) {
    this.#bindings = bindings
    this.#resolver = resolver
    this.#watch = watch
  }

  /** Never rejects: what went wrong is in `problems`. */
  async build(): Promise<void> {
    await this.#make(this.#bindings.filter(({ recipe }) => recipe.kind === "factory"))
    await this.#make(this.#bindings)
  }

  /** In the order of the bindings, whichever async factory was the first to fail. */
  get problems(): readonly StartupProblem[] {
    const place = new Map(this.#bindings.map((binding, index) => [binding, index]))
    const placeOf = ({ asker }: Finding) => place.get(asker) ?? 0
    return this.#findings
      .toSorted((a, b) => placeOf(a) - placeOf(b))
      .map(({ asker, tail, closed, diagnosis, thrown }) => {
        const chain = closed ? tail : [...this.#chainTo(asker), ...tail]
        return problemOf(diagnosis, asker.module, chain, thrown)
      })
  }

  /** What has been built: dependencies before dependents, otherwise in the order of the bindings. */
  get built(): readonly Binding[] {
    const order = new Set<Binding>()
    const visit = (binding: Binding): void => {
      const state = this.#states.get(binding)
      if (state?.kind !== "built" || order.has(binding)) return
      for (const dependency of state.dependencies) visit(dependency)
      order.add(binding)
    }
    this.#bindings.forEach(visit)
    return [...order]
  }

  /** Boxed, for an instance may be `undefined`; no box when it could not be made. */
  find(binding: Binding): { readonly instance: unknown } | undefined {
    const state = this.#states.get(binding)
    return state?.kind === "built" ? state : undefined
  }

  async #make(bindings: readonly Binding[]): Promise<void> {
    for (;;) {
      for (const binding of bindings) this.#demand(binding)
      if (this.#running.size === 0) return
      await Promise.race(this.#running)
    }
  }

  #demand(binding: Binding, parent?: Frame): void {
    const state = this.#states.get(binding)
    if (state !== undefined && (state.kind !== "waiting" || this.#states.get(state.on)?.kind === "pending")) return
    const { recipe } = binding
    if (recipe.kind === "broken") this.#states.set(binding, { kind: "failed" })
    else if (recipe.kind === "value") this.#built(binding, recipe.useValue)
    else this.#construct(binding, parent)
  }

  #construct(binding: Binding, parent: Frame | undefined): void {
    const frame = new Frame(binding, parent, (asker, token, optional) => this.#supply(asker, token, optional))
    this.#states.set(binding, { kind: "building" })
    const outcome = attempt(frame)
    if (frame.waitsOn !== undefined) {
      silence(outcome)
      this.#states.set(binding, { kind: "waiting", on: frame.waitsOn })
      return
    }
    this.#findings.push(...frame.findings)
    if (outcome.kind === "thrown" && !frame.touched) this.#failed(binding, outcome.cause)
    else if (frame.poisoned || outcome.kind === "thrown") {
      silence(outcome)
      this.#states.set(binding, { kind: "failed" })
    } else if (outcome.kind === "running") this.#await(binding, outcome.promise, frame.dependencies)
    else this.#built(binding, outcome.instance, frame.dependencies)
  }

  #await(binding: Binding, promise: PromiseLike<unknown>, dependencies: Iterable<Binding>): void {
    this.#states.set(binding, { kind: "pending" })
    const finished = this.#watch(binding, "The async factory")
    // A `then` of somebody else's may throw: that is for the promise to hear, and not for us.
    const settled = new Promise((resolve) => resolve(promise)).then(
      (instance) => this.#built(binding, instance, dependencies),
      (cause: unknown) => this.#failed(binding, cause),
    )
    const running = settled.then(() => {
      finished()
      this.#running.delete(running)
    })
    this.#running.add(running)
  }

  #built(binding: Binding, instance: unknown, dependencies: Iterable<Binding> = []): void {
    this.#states.set(binding, { kind: "built", instance, dependencies })
  }

  #failed(binding: Binding, cause: unknown): void {
    this.#states.set(binding, { kind: "failed" })
    const doing = binding.recipe.kind === "factory" ? "The factory" : "The constructor"
    const diagnosis = providerFailed(binding.name, doing, cause)
    this.#findings.push({ asker: binding, tail: [], diagnosis, thrown: { cause } })
  }

  #supply(frame: Frame, token: AnyToken, optional: boolean): unknown {
    const { binding: asker } = frame
    const name = nameOf(token)
    if (!isToken(token)) return frame.poison({ tail: [name], diagnosis: notAToken(asker.name, name) })
    const resolution = this.#resolver(token, asker)
    if (resolution.kind === "missing" && optional) return undefined
    if (resolution.kind !== "found") return frame.poison({ tail: [name], diagnosis: resolution.diagnose(asker.name) })
    return this.#supplyFrom(resolution.binding, frame)
  }

  #supplyFrom(target: Binding, frame: Frame): unknown {
    frame.dependencies.add(target)
    if (!this.#dependents.has(target)) this.#dependents.set(target, frame.binding)
    this.#demand(target, frame)
    const state = this.#states.get(target)
    if (state?.kind === "built") return state.instance
    if (state?.kind === "pending") return frame.suspend(target)
    if (state?.kind === "waiting") return frame.suspend(state.on)
    if (state?.kind !== "building") return frame.poison()
    const path = frame.pathBackTo(target)
    return frame.poison({ tail: path, closed: true, diagnosis: cycle(path) })
  }

  /** From the outermost dependent to `binding`, as far as one who asked first is known. */
  #chainTo(binding: Binding): readonly string[] {
    const chain = new Set<Binding>()
    for (let next: Binding | undefined = binding; next && !chain.has(next); next = this.#dependents.get(next)) {
      chain.add(next)
    }
    return [...chain].map(({ name }) => name).toReversed()
  }
}

type Outcome =
  | { readonly kind: "made"; readonly instance: unknown }
  | { readonly kind: "running"; readonly promise: PromiseLike<unknown> }
  | { readonly kind: "thrown"; readonly cause: unknown }

function attempt(frame: Frame): Outcome {
  const { recipe } = frame.binding
  try {
    const instance = runInContext(frame, () => {
      if (recipe.kind === "class") return new recipe.useClass()
      if (recipe.kind === "factory") return recipe.useFactory()
      return recipe.kind === "alias" ? frame.resolve(recipe.target, false) : undefined
    })
    if (recipe.kind === "factory" && isPromiseLike(instance)) return { kind: "running", promise: instance }
    return { kind: "made", instance }
  } catch (cause) {
    return { kind: "thrown", cause }
  }
}

/** The result is thrown away, and so is its rejection. */
function silence(outcome: Outcome): void {
  if (outcome.kind === "running") whenSettled(outcome.promise, undefined, () => undefined)
}

/** Test doubles answer to every name, and configuration objects throw for those that they do not have. */
function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && isThenable(value)
}
