import type { Binding, Diagnosis, Resolution } from "../di/binding.ts"
import { isToken, nameOf, type AnyToken } from "../di/injection-token.ts"
import type { StartupProblem } from "../errors.ts"
import { definitionOf, type ModuleDefinition } from "./module-definition.ts"
import type { ModuleNode } from "./module-graph.ts"
import { ambiguous, notAnExport, notExported, notImported, unknown, unknownExport } from "./problems.ts"

export type BindingsOfModule = ReadonlyMap<AnyToken, Binding>

/** Bindings by token; more than one where several modules share different providers of it. */
type Shared = Map<AnyToken, Set<Binding>>

/**
 * What can be injected where: a module's own providers first, then what its imports export, then what global modules
 * export, then what is built in.
 */
export class Visibility {
  readonly #own: ReadonlyMap<ModuleNode, BindingsOfModule>
  readonly #builtIn: BindingsOfModule
  readonly #exports = new Map<ModuleNode, Shared>()
  readonly #imported = new Map<ModuleNode, Shared>()
  readonly #global: Shared
  readonly problems: StartupProblem[] = []

  constructor(own: ReadonlyMap<ModuleNode, BindingsOfModule>, builtIn: BindingsOfModule) {
    this.#own = own
    this.#builtIn = builtIn
    for (const node of own.keys()) this.#exportsOf(node)
    for (const node of own.keys()) this.#imported.set(node, union(node.imports.map((each) => this.#exportsOf(each))))
    this.#global = union([...own.keys()].filter((each) => each.definition.global).map((each) => this.#exportsOf(each)))
  }

  /** What `token` means in `node`, or to built-in providers where there is no node. */
  resolve(token: AnyToken, node: ModuleNode | undefined): Resolution {
    const own = node && this.#own.get(node)?.get(token)
    if (own !== undefined) return { kind: "found", binding: own }
    const shared = (node && this.#imported.get(node)?.get(token)) ?? this.#global.get(token)
    if (shared !== undefined) return choose(token, [...shared])
    const builtIn = this.#builtIn.get(token)
    if (builtIn !== undefined) return { kind: "found", binding: builtIn }
    return { kind: "missing", diagnose: (asker) => this.#diagnose(asker, token, node) }
  }

  #diagnose(asker: string, token: AnyToken, node: ModuleNode | undefined): Diagnosis {
    const sharing = [...this.#exports].find(([, shared]) => shared.has(token))
    if (sharing !== undefined) return notImported(asker, nameOf(token), node?.name, sharing[0].name)
    const holder = [...this.#own].find(([, bindings]) => bindings.has(token))?.[0]
    if (holder === undefined) return unknown(asker, token, node?.name)
    return notExported(asker, nameOf(token), node?.name, holder.name, node?.imports.includes(holder) ?? false)
  }

  /** Computed once. Modules that import each other see an unfinished answer here; they are a problem already. */
  #exportsOf(node: ModuleNode): Shared {
    const known = this.#exports.get(node)
    if (known !== undefined) return known
    const shared: Shared = new Map()
    this.#exports.set(node, shared)
    for (const [index, entry] of node.definition.exports.entries()) {
      const passedOn = definitionOf(entry)
      if (passedOn !== undefined) this.#passOn(node, passedOn, shared)
      else if (isToken(entry)) this.#share(node, entry, shared)
      else this.problems.push(notAnExport(node.name, `exports[${index}] of ${node.name}`, entry))
    }
    return shared
  }

  #passOn(node: ModuleNode, definition: ModuleDefinition, shared: Shared): void {
    const imported = node.imports.find((each) => each.definition === definition)
    if (imported === undefined) this.problems.push(unknownExport(node.name, definition.name, "imports"))
    else addAll(shared, this.#exportsOf(imported))
  }

  #share(node: ModuleNode, token: AnyToken, shared: Shared): void {
    const own = this.#own.get(node)?.get(token)
    const bindings = own ? [own] : node.imports.flatMap((each) => [...(this.#exportsOf(each).get(token) ?? [])])
    if (bindings.length === 0) this.problems.push(unknownExport(node.name, nameOf(token), "providers"))
    else addAll(shared, new Map([[token, new Set(bindings)]]))
  }
}

function choose(token: AnyToken, shared: readonly Binding[]): Resolution {
  const [binding] = shared
  if (binding !== undefined && shared.length === 1) return { kind: "found", binding }
  const modules = shared.map(({ module }) => module)
  return { kind: "ambiguous", diagnose: (asker) => ambiguous(asker, nameOf(token), modules) }
}

function union(all: readonly Shared[]): Shared {
  const result: Shared = new Map()
  for (const shared of all) addAll(result, shared)
  return result
}

function addAll(target: Shared, source: Shared): void {
  for (const [token, bindings] of source) target.set(token, new Set([...(target.get(token) ?? []), ...bindings]))
}
