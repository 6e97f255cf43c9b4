import { nameOf } from "../di/injection-token.ts"
import type { StartupProblem } from "../errors.ts"
import { callUserCode } from "../user-code.ts"
import { definitionOf, type ModuleDefinition, type ModuleReference } from "./module-definition.ts"
import { badImports, badModule, duplicateModule, importsFailed, moduleCycle } from "./problems.ts"

/** A module and those that it imports. */
export interface ModuleNode {
  readonly name: string
  readonly definition: ModuleDefinition
  readonly imports: readonly ModuleNode[]
}

export interface ModuleGraph {
  /** Missing where the root is not a module. */
  readonly root: ModuleNode | undefined
  /** Each module once, imports before the modules that import them. */
  readonly nodes: readonly ModuleNode[]
  readonly problems: readonly StartupProblem[]
}

/** Reads all modules that can be reached from `reference`. Never throws: what is wrong is in `problems`. */
export function readModuleGraph(reference: ModuleReference): ModuleGraph {
  const seen = new Map<ModuleDefinition, ModuleNode>()
  const nodes: ModuleNode[] = []
  const problems: StartupProblem[] = []

  const visit = (definition: ModuleDefinition, path: readonly ModuleDefinition[]): ModuleNode => {
    const known = seen.get(definition)
    if (known !== undefined) {
      const start = path.indexOf(definition)
      if (start !== -1) problems.push(moduleCycle([...path.slice(start), definition].map(({ name }) => name)))
      return known
    }
    const imports: ModuleNode[] = []
    const node: ModuleNode = { name: definition.name, definition, imports }
    seen.set(definition, node)
    for (const [index, entry] of importsOf(definition, problems).entries()) {
      const imported = definitionOf(entry)
      if (imported !== undefined) imports.push(visit(imported, [...path, definition]))
      else problems.push(badModule(definition.name, `imports[${index}] of ${definition.name}`, entry))
    }
    nodes.push(node)
    return node
  }

  const definition = definitionOf(reference)
  if (definition === undefined) problems.push(badModule(nameOf(reference), "The root", reference))
  const root = definition === undefined ? undefined : visit(definition, [])
  return { root, nodes, problems: [...problems, ...duplicates(nodes)] }
}

/** What the module imports; of a function what it answers, or nothing and a problem. */
function importsOf({ name, imports }: ModuleDefinition, problems: StartupProblem[]): readonly unknown[] {
  if (typeof imports !== "function") return imports
  try {
    const list: unknown = imports()
    if (Array.isArray(list)) return Array.from(list as unknown[])
    // The answer of an async function is no list, and what it rejects with is nobody's.
    callUserCode(
      () => list,
      () => undefined,
    )
    problems.push(badImports(name, list))
  } catch (cause) {
    problems.push(importsFailed(name, cause))
  }
  return []
}

/** Names that were chosen say which module is meant; one that a class brought along says nothing. */
function duplicates(nodes: readonly ModuleNode[]): readonly StartupProblem[] {
  const counts = new Map<string, number>()
  for (const { name, definition } of nodes) {
    if (!definition.isNameOfClass) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].filter(([, count]) => count > 1).map(([name, count]) => duplicateModule(name, count))
}
