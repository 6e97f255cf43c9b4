import { copyOfOptions } from "../checked-options.ts"
import { nameOf, type AbstractClass, type AnyToken } from "../di/injection-token.ts"
import type { AnyProvider, Provider } from "../di/provider.ts"
import { ToniError } from "../errors.ts"
import { showValue } from "../show-value.ts"
import { closestOf } from "../spelling.ts"

/** Where a module, or a class decorated with `@Module`, carries its definition; the same in every copy of toni. */
export const moduleDefinition: unique symbol = Symbol.for("toni.module")

/** A module as a value. Two definitions are two modules, however alike; the same one imported twice is one module. */
export interface ModuleDefinition {
  readonly name: string
  /** Whether the name was taken from a class. Such names may repeat: minifiers give many classes one name. */
  readonly isNameOfClass: boolean
  readonly imports: ModuleImports
  readonly providers: readonly AnyProvider[]
  readonly exports: readonly ModuleExport[]
  readonly global: boolean
  readonly [moduleDefinition]: true
}

/** What `imports` takes: what `defineModule` returned, or a class decorated with `@Module`. */
export type ModuleReference = ModuleDefinition | AbstractClass<object>

/** A list, or a function that answers it when the application is created, for files that import each other. */
export type ModuleImports = readonly ModuleReference[] | (() => readonly ModuleReference[])

/** What `exports` takes: a token or class that is provided here or imported, or an imported module to pass on. */
export type ModuleExport = AnyToken | ModuleReference

/** `Provided` are the types that the entries of `providers` provide; each entry is checked on its own. */
export interface ModuleOptions<Provided extends readonly unknown[]> {
  /**
   * Modules whose exports can be injected here; `() => [Other]` where the file of `Other` imports this one. Default:
   * none.
   */
  readonly imports?: ModuleImports
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
  if (typeof options === "object" && options !== null) return makeDefinition(options, false)
  const fix = 'Write defineModule({ name: "ChatModule", providers: [ChatGateway] }).'
  throw new ToniError("TONI_BAD_ARGUMENT", `defineModule() takes an object; got ${showValue(options)}.`, { fix })
}

/** For `@Module()` too; `isNameOfClass`: the name was not chosen. */
export function makeDefinition(
  options: NamedModuleOptions<readonly unknown[]>,
  isNameOfClass: boolean,
): ModuleDefinition {
  const { name, imports, providers, exports, global } = readOptions(options)
  return Object.freeze({
    name,
    isNameOfClass,
    imports: typeof imports === "function" ? imports : Object.freeze([...imports]),
    providers: Object.freeze([...providers] as AnyProvider[]),
    exports: Object.freeze([...exports]),
    global,
    [moduleDefinition]: true as const,
  })
}

const optionNames: readonly string[] = ["name", "imports", "providers", "exports", "global"]

function readOptions(
  options: NamedModuleOptions<readonly unknown[]>,
): Required<NamedModuleOptions<readonly unknown[]>> {
  const bad = (detail: string, fix: string): never => {
    throw new ToniError("TONI_BAD_ARGUMENT", detail, { fix })
  }
  const given = copyOfOptions("a module", options)
  const { name, imports = [], providers = [], exports = [], global = false } = given
  if (typeof name !== "string" || name === "") {
    bad(`A module's name is a string that is not empty; got ${showValue(name)}.`, 'Add name: "ChatModule".')
  }
  const unknown = Object.keys(given).find((key) => !optionNames.includes(key))
  if (unknown !== undefined) bad(`${name} has ${unknown}, which no module has.`, fixForOption(unknown))
  const lists = { ...(typeof imports === "function" ? {} : { imports }), providers, exports }
  for (const [key, list] of Object.entries(lists)) {
    if (!Array.isArray(list)) bad(`${key} of ${name} is an array; got ${nameOf(list)}.`, `Write ${key}: [ … ].`)
  }
  if (typeof global !== "boolean") bad(`global of ${name} is true or false; got ${showValue(global)}.`, "Correct it.")
  return { name, imports, providers, exports, global }
}

function fixForOption(unknown: string): string {
  const meant = closestOf(unknown, optionNames)
  if (meant !== undefined) return `Write ${meant}.`
  const names = `A module has ${optionNames.join(", ")}.`
  return unknown === "gateways" ? `List gateways in providers. ${names}` : names
}

/** The definition that `reference` is or carries itself; what a class inherits does not count. Never throws. */
export function definitionOf(reference: unknown): ModuleDefinition | undefined {
  if (reference === null || (typeof reference !== "object" && typeof reference !== "function")) return undefined
  const mark: unknown = markOf(reference)
  const definition = mark === true ? reference : mark
  return isDefinition(definition) ? definition : undefined
}

/** A mark alone proves nothing: another version of toni may define modules in another way. */
function isDefinition(value: unknown): value is ModuleDefinition {
  try {
    const { name, imports, providers, exports } = value as Partial<ModuleDefinition>
    const lists = [providers, exports, typeof imports === "function" ? [] : imports]
    return typeof name === "string" && lists.every((list) => Array.isArray(list))
  } catch {
    return false
  }
}

function markOf(reference: object): unknown {
  try {
    return Object.getOwnPropertyDescriptor(reference, moduleDefinition)?.value
  } catch {
    return undefined
  }
}
