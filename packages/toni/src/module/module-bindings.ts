import type { Binding } from "../di/binding.ts"
import { nameOf, type AnyToken } from "../di/injection-token.ts"
import { readProvider } from "../di/read-provider.ts"
import type { StartupProblem } from "../errors.ts"
import { definitionOf } from "./module-definition.ts"
import type { Overrides } from "./overrides.ts"
import { brokenProvider, duplicateProvider, moduleAmongProviders } from "./problems.ts"

export interface ModuleBindings {
  readonly bindings: ReadonlyMap<AnyToken, Binding>
  readonly problems: readonly StartupProblem[]
}

/** Reads the providers list of a module; of two for one token the first counts and the second is reported. */
export function readModuleBindings(
  module: string,
  providers: readonly unknown[],
  overrides: Overrides,
): ModuleBindings {
  const bindings = new Map<AnyToken, Binding>()
  const problems: StartupProblem[] = []
  for (const [index, entry] of providers.entries()) {
    const where = `providers[${index}] of ${module}`
    const misplaced = definitionOf(entry)
    if (misplaced !== undefined) {
      problems.push(moduleAmongProviders(module, where, misplaced.name))
      continue
    }
    const { token, recipe, problem } = readProvider(entry, where)
    const override = token === undefined ? undefined : overrides.take(token)
    if (problem !== undefined && override === undefined) problems.push(brokenProvider(module, problem))
    if (token === undefined) continue
    if (bindings.has(token)) problems.push(duplicateProvider(module, nameOf(token)))
    else bindings.set(token, { module, token, name: nameOf(token), recipe: override ?? recipe })
  }
  return { bindings, problems }
}
