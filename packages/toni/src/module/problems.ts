import { problemOf, type Diagnosis } from "../di/binding.ts"
import { isConstructor, nameOf, type AnyToken } from "../di/injection-token.ts"
import { circularImport, reasonOf } from "../di/problems.ts"
import { Token } from "../di/token.ts"
import type { StartupProblem } from "../errors.ts"

/** The wording of everything that can be wrong between modules (rule G2a). */

const builtInProviders = "the built-in providers"

export function unknown(asker: string, token: AnyToken, module: string = builtInProviders): Diagnosis {
  const name = nameOf(token)
  const provider = token instanceof Token ? `{ provide: ${name}, useValue: … }` : name
  return {
    kind: "unknown-dependency",
    message: `${asker} needs ${name}, which nothing provides.`,
    fix: `Add ${provider} to the providers of ${module}.`,
  }
}

export function notImported(
  asker: string,
  name: string,
  module: string = builtInProviders,
  exporter: string,
): Diagnosis {
  return {
    kind: "unknown-dependency",
    message: `${asker} needs ${name}, which ${exporter} exports but ${module} does not import.`,
    fix: `Add ${exporter} to the imports of ${module}.`,
  }
}

export function notExported(
  asker: string,
  name: string,
  module: string = builtInProviders,
  holder: string,
  imported: boolean,
): Diagnosis {
  return {
    kind: "not-exported",
    message: `${asker} needs ${name}, which ${holder} provides but does not export.`,
    fix: `Add ${name} to the exports of ${holder}${imported ? "" : `, and ${holder} to the imports of ${module}`}.`,
  }
}

export function ambiguous(asker: string, name: string, providers: readonly string[]): Diagnosis {
  return {
    kind: "ambiguous-dependency",
    message: `${asker} needs ${name}, and sees a different one from each of ${providers.join(", ")}.`,
    fix: `Let one of them alone export ${name}, or give each a token of its own.`,
  }
}

export function badModule(module: string, where: string, entry: unknown): StartupProblem {
  const name = nameOf(entry)
  const fix = isConstructor(entry)
    ? `List ${name} in the providers of a module: defineModule({ name: "AppModule", providers: [${name}] }). A class is a module only with @Module().`
    : "Use what defineModule() returned, or a class decorated with @Module()."
  const message = `${where} is ${name}, which is not a module.`
  return problemOf({ kind: "bad-module", message, fix: entry === undefined ? circularImport : fix }, module, [])
}

export function badImports(module: string, answer: unknown): StartupProblem {
  const message = `The function imports of ${module} answered ${nameOf(answer)}, which is not an array.`
  return problemOf({ kind: "bad-module", message, fix: "Write imports: () => [Other]." }, module, [])
}

export function importsFailed(module: string, cause: unknown): StartupProblem {
  const message = `The function imports of ${module} failed: ${reasonOf(cause)}`
  const fix = "Mend the function; it should do no more than answer the list."
  return problemOf({ kind: "bad-module", message, fix }, module, [], { cause })
}

export function moduleCycle(path: readonly string[]): StartupProblem {
  const [module = ""] = path
  const message = path.length > 2 ? `${module} imports itself, by way of others.` : `${module} imports itself.`
  const fix = "Move what they share into a module of its own that both import."
  return problemOf({ kind: "cycle", message, fix }, module, path)
}

export function duplicateModule(module: string, count: number): StartupProblem {
  const message = `${count} different modules are called ${module}.`
  const fix = "Give each a name of its own; or, if they are meant to be one, define it once and import that value."
  return problemOf({ kind: "duplicate-module", message, fix }, module, [])
}

export function brokenProvider(module: string, diagnosis: Diagnosis): StartupProblem {
  return problemOf(diagnosis, module, [])
}

export function moduleAmongProviders(module: string, where: string, name: string): StartupProblem {
  const fix = `Move ${name} to the imports of ${module}.`
  return problemOf({ kind: "bad-provider", message: `${where} is the module ${name}.`, fix }, module, [])
}

export function duplicateProvider(module: string, name: string): StartupProblem {
  const message = `${module} provides ${name} more than once.`
  return problemOf({ kind: "duplicate-provider", message, fix: "Keep one of them." }, module, [])
}

export function unknownExport(module: string, name: string, list: "providers" | "imports"): StartupProblem {
  const message = `${module} exports ${name}, which it neither provides nor imports.`
  const fix = `Add ${name} to the ${list} of ${module}, or take it out of its exports.`
  return problemOf({ kind: "unknown-export", message, fix }, module, [])
}

export function notAnExport(module: string, where: string, entry: unknown): StartupProblem {
  const message = `${where} is ${nameOf(entry)}, which is neither a class, a Token nor a module.`
  const fix = entry === undefined ? circularImport : "Export classes, Tokens and imported modules."
  return problemOf({ kind: "unknown-export", message, fix }, module, [])
}

export function unmatchedOverride(module: string, name: string): StartupProblem {
  const message = `${name} is overridden, but nothing provides it.`
  const fix = "Override the token that the provider is listed under, or take the override out."
  return problemOf({ kind: "unmatched-override", message, fix }, module, [])
}
