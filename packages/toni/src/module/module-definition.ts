import type { AbstractClass, AnyToken } from "../di/injection-token.ts"
import type { AnyProvider, Provider } from "../di/provider.ts"
import { ToniError } from "../errors.ts"

/** Where a module, or a class decorated with `@Module`, carries its definition; the same in every copy of toni. */
export const moduleDefinition: unique symbol = Symbol.for("toni.module")

/** A module as a value. Two definitions are two modules, however alike; the same one imported twice is one module. */
export interface ModuleDefinition {
  readonly name: string
  readonly imports: readonly ModuleReference[]
  readonly providers: readonly AnyProvider[]
  readonly exports: readonly ModuleExport[]
  readonly global: boolean
  readonly [moduleDefinition]: true
}

/** What `imports` takes: what `defineModule` returned, or a class decorated with `@Module`. */
export type ModuleReference = ModuleDefinition | AbstractClass<object>

/** What `exports` takes: a token or class that is provided here or imported, or an imported module to pass on. */
export type ModuleExport = AnyToken | ModuleReference

/** `Provided` are the types that the entries of `providers` provide; each entry is checked on its own. */
export interface ModuleOptions<Provided extends readonly unknown[]> {
  /** Modules whose exports can be injected here. Default: none. */
  readonly imports?: readonly ModuleReference[]
  /** What this module makes; gateways are among them. Default: none. */
  readonly providers?: readonly [...{ [Index in keyof Provided]: Provider<Provided[Index]> }]
  /** What can be injected in modules that import this one. Default: none. */
  readonly exports?: readonly ModuleExport[]
  /** `true`: the exports can be injected in every module of the application, imported or not. Default: `false`. */
  readonly global?: boolean
}

export interface NamedModuleOptions<Provided extends readonly unknown[]> extends ModuleOptions<Provided> {
  /** Appears in messages; two modules of an application cannot share it. */
  readonly name: string
}

/**
 * A module: what it makes, and what it shares. Mistakes between modules are reported when the application is created,
 * all together (rule G2a). Only an argument of the wrong form throws here, a `ToniError` with `TONI_BAD_ARGUMENT`.
 *
 * ```ts
 * export const ChatModule = defineModule({ name: "ChatModule", imports: [DataModule], providers: [ChatGateway] })
 * ```
 */
export function defineModule<const Provided extends readonly unknown[] = []>(
  options: NamedModuleOptions<Provided>,
): ModuleDefinition {
  const { name, imports = [], providers = [], exports = [], global = false } = options
  if (typeof name !== "string" || name === "") {
    throw new ToniError("TONI_BAD_ARGUMENT", "defineModule() needs a name that is a string and not empty.")
  }
  for (const [key, list] of Object.entries({ imports, providers, exports })) {
    if (!Array.isArray(list)) throw new ToniError("TONI_BAD_ARGUMENT", `${key} of ${name} must be an array.`)
  }
  return Object.freeze({
    name,
    imports: Object.freeze([...imports]),
    providers: Object.freeze([...providers] as AnyProvider[]),
    exports: Object.freeze([...exports]),
    global,
    [moduleDefinition]: true as const,
  })
}

/** The definition that `reference` is or carries itself; what a class inherits does not count. */
export function definitionOf(reference: unknown): ModuleDefinition | undefined {
  if (reference === null || (typeof reference !== "object" && typeof reference !== "function")) return undefined
  const mark: unknown = Object.getOwnPropertyDescriptor(reference, moduleDefinition)?.value
  if (mark === true) return reference as ModuleDefinition
  return mark === undefined ? undefined : (mark as ModuleDefinition)
}
