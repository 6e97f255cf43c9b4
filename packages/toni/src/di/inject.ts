import { ToniError } from "../errors.ts"
import { currentContext } from "./injection-context.ts"
import { nameOf, type InjectionToken } from "./injection-token.ts"

/**
 * The instance that the module provides for `token`. It answers in a field initialiser, in a constructor, and in a
 * factory before its first `await`; anywhere else it throws a `ToniError` with `TONI_INJECTION`.
 *
 * ```ts
 * class ChatGateway implements Gateway {
 *   readonly #greeter = inject(Greeter)
 *   readonly #audit = inject(Audit, { optional: true })   // Audit | undefined
 * }
 * ```
 *
 * Call it before anything else in a constructor or factory. One that injects what an async factory has not finished
 * making is stopped at that call and started again later; and one whose dependency is missing goes on with a stand-in,
 * so that all that is missing is reported together (rule G2a).
 */
export function inject<T>(token: InjectionToken<T>): T
export function inject<T>(token: InjectionToken<T>, options: InjectOptions): T | undefined
export function inject(token: InjectionToken<unknown>, options?: InjectOptions): unknown {
  const context = currentContext()
  if (context === undefined) throw new ToniError("TONI_INJECTION", `inject(${nameOf(token)}).`)
  return context.resolve(token, options?.optional ?? false)
}

export interface InjectOptions {
  /** `true`: where nothing provides the token, the answer is `undefined`. Default: `false`. */
  readonly optional: boolean
}
