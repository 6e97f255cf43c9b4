import type { Clock } from "../clock.ts"
import { problemOf } from "../di/binding.ts"
import { providerFailed } from "../di/problems.ts"
import { ToniError } from "../errors.ts"
import type { BuiltProvider } from "./built-provider.ts"
import { Countdown } from "./countdown.ts"

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

/** What a provider's `onModuleDestroy` threw, or that a hook of it did not settle in time. */
export interface DestroyFailure {
  readonly module: string
  readonly name: string
  readonly error: unknown
}

/** How long `onModuleDestroy` hooks are waited for. */
export interface Patience {
  readonly clock: Clock
  /** Milliseconds for all of them together. */
  readonly timeout: number
  /** Is told of what fails when it is waited for no more. MUST NOT throw. */
  readonly late: (failure: DestroyFailure) => void
}

/** What all who are still running get once time is up, in milliseconds. */
const grace = 1_000

/**
 * The first failure ends it: a `ToniError` with `TONI_STARTUP` that names the provider and its module. It ends with
 * `TONI_LIFECYCLE` before the next hook when `isStopped` says so.
 */
export async function initAll(
  providers: readonly BuiltProvider[],
  isStopped: () => boolean,
  watch: (provider: BuiltProvider) => () => void,
): Promise<void> {
  for (const provider of providers) {
    if (isStopped()) throw new ToniError("TONI_LIFECYCLE", "The application was closed while it started.")
    const finished = watch(provider)
    try {
      await call(provider.instance, "onModuleInit")
    } catch (cause) {
      const { module, name } = provider
      const problem = problemOf(providerFailed(name, "onModuleInit", cause), module, [name], { cause })
      throw new ToniError("TONI_STARTUP", "1 problem was found.", { cause, problems: [problem] })
    } finally {
      finished()
    }
  }
}

/**
 * In reverse, one after another; goes on after a failure. When time is up those that are left are called all the same,
 * without waiting for one before the next; who has not settled a moment later is a failure with `TONI_HOOK_TIMEOUT`.
 */
export async function destroyAll(
  providers: readonly BuiltProvider[],
  { clock, timeout, late }: Patience,
): Promise<readonly DestroyFailure[]> {
  const failures: DestroyFailure[] = []
  const running = new Set<BuiltProvider>()
  const time = new Countdown(clock, timeout)
  let isOver = false
  const destroy = async (provider: BuiltProvider): Promise<void> => {
    const { module, name, instance } = provider
    running.add(provider)
    try {
      await call(instance, "onModuleDestroy")
    } catch (error) {
      if (isOver) late({ module, name, error })
      else failures.push({ module, name, error })
    }
    running.delete(provider)
  }
  const all: Promise<void>[] = []
  for (const provider of providers.toReversed()) {
    const destroyed = destroy(provider)
    all.push(destroyed)
    await time.bound(destroyed)
  }
  time.cancel()
  if (running.size > 0) {
    const lastMoment = new Countdown(clock, grace)
    await lastMoment.bound(Promise.all(all))
    lastMoment.cancel()
  }
  isOver = true
  return [...failures, ...[...running].map((provider) => stillRunning(provider, "onModuleDestroy"))]
}

/** What is reported of a hook that was waited for long enough. */
export function stillRunning(
  { module, name }: BuiltProvider,
  hook: "onModuleInit" | "onModuleDestroy",
): DestroyFailure {
  const detail = `${hook} of ${name} was still running when the time to close was up.`
  const fix = "Make it settle sooner, or give close() a longer timeout; a hook must not await app.close()."
  return { module, name, error: new ToniError("TONI_HOOK_TIMEOUT", detail, { fix }) }
}

async function call(instance: unknown, hook: "onModuleInit" | "onModuleDestroy"): Promise<void> {
  if (instance === null || (typeof instance !== "object" && typeof instance !== "function")) return
  // Configuration objects may throw for every name that they do not have.
  if (!(hook in instance)) return
  const method = (instance as Partial<Record<typeof hook, unknown>>)[hook]
  if (typeof method === "function") await method.call(instance)
}
