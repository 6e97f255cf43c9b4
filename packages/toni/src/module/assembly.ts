import { unwatched, type Binding, type Resolver, type StartWatch } from "../di/binding.ts"
import { Container } from "../di/container.ts"
import { isToken, nameOf, type AnyToken, type InjectionToken } from "../di/injection-token.ts"
import type { AnyProvider } from "../di/provider.ts"
import { ToniError, type StartupProblem } from "../errors.ts"
import type { BuiltProvider } from "./built-provider.ts"
import { misnamedHooks } from "./hook-names.ts"
import { Countdown } from "./countdown.ts"
import { destroyAll, initAll, stillRunning, type DestroyFailure, type Patience } from "./lifecycle.ts"
import { readModuleBindings } from "./module-bindings.ts"
import type { ModuleReference } from "./module-definition.ts"
import { readModuleGraph, type ModuleNode } from "./module-graph.ts"
import { Overrides } from "./overrides.ts"
import { Visibility, type BindingsOfModule } from "./visibility.ts"

export interface AssemblyOptions {
  /** What the application itself provides: it can be injected everywhere. Its module is called `toni`. */
  readonly builtIn?: readonly AnyProvider[]
  /** What stands in for the provider of its token, wherever that is listed; for the testing kit. */
  readonly overrides?: readonly AnyProvider[]
  /** Is told of what the start waits for. */
  readonly watch?: StartWatch
}

/** Modules with their providers made: what an application is built on. */
export interface ModuleAssembly {
  /** Every provider with its instance, in build order: imports and dependencies first. Aliases excluded. */
  readonly providers: readonly BuiltProvider[]
  /** What keeps the application from starting (rule G2a); empty when all is well. */
  readonly problems: readonly StartupProblem[]
  /**
   * What the root module sees under `token`, or else what the one module that provides it holds. Throws a `ToniError`
   * with `TONI_NOT_PROVIDED`; with `TONI_BAD_ARGUMENT` where `token` is none.
   */
  get<T>(token: InjectionToken<T>): T
  /**
   * Calls `onModuleInit` on what classes and factories made, in build order, each instance once; values handed in with
   * `useValue` belong to their owner. The first failure rejects: a `ToniError` with `TONI_STARTUP`; with
   * `TONI_LIFECYCLE` when `destroy` is called meanwhile. Runs once.
   */
  init(): Promise<void>
  /**
   * Lets an `onModuleInit` that runs settle, and calls no other; then calls `onModuleDestroy` on the same instances in
   * reverse, whether or not `init` got that far; goes on after a failure and resolves with all of them, those among them
   * that took longer than `patience` allows. Never rejects. Runs once.
   */
  destroy(patience: Patience): Promise<readonly DestroyFailure[]>
}

/** Reads the modules and makes their providers. Never rejects for a mistake in them: see `problems`. */
export async function assembleModules(root: ModuleReference, options: AssemblyOptions = {}): Promise<ModuleAssembly> {
  const graph = readModuleGraph(root)
  const overrides = new Overrides(options.overrides ?? [])
  const builtIn = readModuleBindings("toni", options.builtIn ?? [], overrides)
  const read = graph.nodes.map((node) => {
    return { node, ...readModuleBindings(node.name, node.definition.providers, overrides) }
  })
  const own = new Map(read.map(({ node, bindings }) => [node, bindings]))
  const visibility = new Visibility(own, builtIn.bindings)
  const { watch = unwatched } = options
  const container = await build(own, builtIn.bindings, visibility, watch)
  const problems = [
    ...graph.problems,
    ...builtIn.problems,
    ...read.flatMap((each) => each.problems),
    ...visibility.problems,
    ...overrides.problems,
    ...container.problems,
  ]
  const lookUp = (token: AnyToken) => findBinding(token, graph.root, visibility, own)
  return new Assembly(container, problems, lookUp, watch)
}

async function build(
  own: ReadonlyMap<ModuleNode, BindingsOfModule>,
  builtIn: BindingsOfModule,
  visibility: Visibility,
  watch: StartWatch,
): Promise<Container> {
  const home = new Map<Binding, ModuleNode>()
  for (const [node, bindings] of own) for (const binding of bindings.values()) home.set(binding, node)
  const resolver: Resolver = (token, from) => visibility.resolve(token, home.get(from))
  const container = new Container([...builtIn.values(), ...home.keys()], resolver, watch)
  await container.build()
  return container
}

/** For `get`: what root sees, else what the only module that provides the token holds. */
function findBinding(
  token: AnyToken,
  root: ModuleNode | undefined,
  visibility: Visibility,
  own: ReadonlyMap<ModuleNode, BindingsOfModule>,
): Binding {
  const seen = visibility.resolve(token, root)
  if (seen.kind === "found") return seen.binding
  const [binding, ...others] = [...own.values()].flatMap((bindings) => bindings.get(token) ?? [])
  if (binding !== undefined && others.length === 0) return binding
  const name = nameOf(token)
  if (binding === undefined) throw new ToniError("TONI_NOT_PROVIDED", `${name}.`)
  const modules = [binding, ...others].map(({ module }) => module).join(", ")
  throw new ToniError(
    "TONI_NOT_PROVIDED",
    `several modules provide ${name} (${modules}), and the root sees no one of them.`,
  )
}

class Assembly implements ModuleAssembly {
  readonly providers: readonly BuiltProvider[]
  readonly problems: readonly StartupProblem[]
  readonly #container: Container
  readonly #lookUp: (token: AnyToken) => Binding
  /** One for each instance that is ours to look after. */
  readonly #owned: readonly BuiltProvider[]
  readonly #watch: StartWatch
  /** Whose `onModuleInit` is running. */
  #initialising: BuiltProvider | undefined
  #isStopped = false
  #init: Promise<void> | undefined
  #giveUpInit: ((error: ToniError) => void) | undefined
  #destroy: Promise<readonly DestroyFailure[]> | undefined

  constructor(
    container: Container,
    problems: readonly StartupProblem[],
    lookUp: (token: AnyToken) => Binding,
    watch: StartWatch,
  ) {
    this.#watch = watch
    this.#container = container
    this.#lookUp = lookUp
    const built = container.built.filter(({ recipe }) => recipe.kind !== "alias")
    this.providers = built.map((binding) => this.#describe(binding))
    const handedIn = built.filter(({ recipe }) => recipe.kind === "value").map((binding) => this.#instanceOf(binding))
    this.#owned = firstOfEach(this.providers, new Set(handedIn))
    this.problems = [...problems, ...misnamedHooks(this.#owned)]
  }

  get<T>(token: InjectionToken<T>): T {
    if (!isToken(token)) {
      throw new ToniError("TONI_BAD_ARGUMENT", `get() takes a class or a Token, and got ${nameOf(token)}.`)
    }
    return this.#instanceOf(this.#lookUp(token)) as T
  }

  init(): Promise<void> {
    const watch = (provider: BuiltProvider): (() => void) => {
      const finished = this.#watch(provider, "onModuleInit")
      this.#initialising = provider
      return () => {
        this.#initialising = undefined
        finished()
      }
    }
    return (this.#init ??= new Promise((resolve, reject) => {
      this.#giveUpInit = reject
      initAll(this.#owned, () => this.#isStopped, watch).then(resolve, reject)
    }))
  }

  destroy(patience: Patience): Promise<readonly DestroyFailure[]> {
    return (this.#destroy ??= this.#destroyOnce(patience))
  }

  async #destroyOnce(patience: Patience): Promise<readonly DestroyFailure[]> {
    const { clock, timeout } = patience
    this.#isStopped = true
    const start = clock.now()
    const time = new Countdown(clock, timeout)
    await time.bound(Promise.resolve(this.#init).catch(() => undefined))
    time.cancel()
    const stuck = this.#initialising
    const left = Math.max(0, timeout - (clock.now() - start))
    const failures = await destroyAll(this.#owned, { ...patience, timeout: left })
    if (stuck === undefined) return failures
    const detail = `The application was closed while onModuleInit of ${stuck.name} was running.`
    this.#giveUpInit?.(new ToniError("TONI_LIFECYCLE", detail))
    return [stillRunning(stuck, "onModuleInit"), ...failures]
  }

  #describe(binding: Binding): BuiltProvider {
    const { module, token, name } = binding
    return { module, token, name, instance: this.#instanceOf(binding) }
  }

  #instanceOf(binding: Binding): unknown {
    const found = this.#container.find(binding)
    if (found !== undefined) return found.instance
    throw new ToniError("TONI_NOT_PROVIDED", `${binding.name} of ${binding.module} could not be made.`)
  }
}

function firstOfEach(providers: readonly BuiltProvider[], handedIn: ReadonlySet<unknown>): readonly BuiltProvider[] {
  const seen = new Set(handedIn)
  return providers.filter(({ instance }) => !seen.has(instance) && seen.add(instance))
}
