import { problemOf } from "../di/binding.ts"
import { providerFailed } from "../di/problems.ts"
import { ToniError } from "../errors.ts"
import type { BuiltProvider } from "./built-provider.ts"

/** For a provider that prepares something before the application opens (rule G3a). */
export interface OnModuleInit {
  /** Called once everything is built, dependencies first, one provider after another. */
  onModuleInit(): void | Promise<void>
}

/** For a provider that holds something that has to be given back. */
export interface OnModuleDestroy {
  /** Called when the application closes, dependents first; also when it could not start once this was built. */
  onModuleDestroy(): void | Promise<void>
}

/** What a provider's `onModuleDestroy` threw. */
export interface DestroyFailure {
  readonly module: string
  readonly name: string
  readonly error: unknown
}

/** The first failure ends it: a `ToniError` with `TONI_STARTUP` that names the provider and its module. */
export async function initAll(providers: readonly BuiltProvider[]): Promise<void> {
  for (const { module, name, instance } of providers) {
    try {
      await call(instance, "onModuleInit")
    } catch (cause) {
      const problem = problemOf(providerFailed(name, "onModuleInit", cause), module, [name], { cause })
      throw new ToniError("TONI_STARTUP", "1 problem was found.", { cause, problems: [problem] })
    }
  }
}

/** In reverse; goes on after a failure. */
export async function destroyAll(providers: readonly BuiltProvider[]): Promise<readonly DestroyFailure[]> {
  const failures: DestroyFailure[] = []
  for (const { module, name, instance } of providers.toReversed()) {
    try {
      await call(instance, "onModuleDestroy")
    } catch (error) {
      failures.push({ module, name, error })
    }
  }
  return failures
}

async function call(instance: unknown, hook: "onModuleInit" | "onModuleDestroy"): Promise<void> {
  if (instance === null || (typeof instance !== "object" && typeof instance !== "function")) return
  // Configuration objects may throw for every name that they do not have.
  if (!(hook in instance)) return
  const method = (instance as Partial<Record<typeof hook, unknown>>)[hook]
  if (typeof method === "function") await method.call(instance)
}
