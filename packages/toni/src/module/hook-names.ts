import type { StartupProblem } from "../errors.ts"
import { problemOf } from "../di/binding.ts"
import { differsByCase, isClose } from "../spelling.ts"
import type { BuiltProvider } from "./built-provider.ts"

const hooks = ["onModuleInit", "onModuleDestroy"] as const

/** Hooks of Nest's that are not called here, and what does the same. */
const nestHooks: ReadonlyMap<string, (typeof hooks)[number]> = new Map([
  ["onApplicationBootstrap", "onModuleInit"],
  ["beforeApplicationShutdown", "onModuleDestroy"],
  ["onApplicationShutdown", "onModuleDestroy"],
])

/**
 * Methods that were meant to be a hook of a provider, and that nobody would call because of their names (rule G3a): a
 * database that is never closed, and nothing that says so. Who has the hook as well may have the other for somebody
 * else. Instances that cannot be read, or that answer to every name, have none.
 */
export function misnamedHooks(providers: readonly BuiltProvider[]): readonly StartupProblem[] {
  return providers.flatMap(({ module, name, instance }) =>
    methodsOf(instance).flatMap((method) => {
      const hook = nestHooks.get(method) ?? hooks.find((each) => differsByCase(method, each) || isClose(method, each))
      if (hook === undefined || method === hook || has(instance, hook)) return []
      const whose = nestHooks.has(method) ? ", a hook of NestJS" : ""
      const message = `Nobody calls ${method} of ${name}${whose}.`
      return [problemOf({ kind: "misnamed-hook", message, fix: `Rename ${method} to ${hook}.` }, module, [name])]
    }),
  )
}

/** The names of an object's methods that begin as hooks do, inherited ones too. */
function methodsOf(instance: unknown): readonly string[] {
  const names = new Set<string>()
  try {
    if (typeof instance !== "object" || instance === null || has(instance, "no member has this name")) return []
    for (let owner = instance; owner !== null && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
      for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
        if (typeof value === "function") names.add(name)
      }
    }
  } catch {
    return []
  }
  return [...names]
}

function has(instance: unknown, name: string): boolean {
  try {
    return (instance as Readonly<Record<string, unknown>>)[name] !== undefined
  } catch {
    return true
  }
}
