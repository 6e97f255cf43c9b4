import type { Class, InjectionToken } from "./injection-token.ts"

/**
 * Says how a dependency is made. A class provides itself; the object forms provide a class or a `Token<T>` in one of
 * four ways. Each is made once in each module that lists it.
 *
 * ```ts
 * providers: [
 *   Greeter,
 *   { provide: Clock, useClass: SystemClock },
 *   { provide: Port, useValue: 3000 },
 *   { provide: Database, useFactory: async () => connect(inject(DatabaseUrl)) },
 *   { provide: Store, useExisting: Database },
 * ]
 * ```
 */
export type Provider<T> = ExistingProvider<T> | FactoryProvider<T> | ClassProvider<T> | ValueProvider<T> | Class<T>

/** Any provider at all; see `AnyToken` for why it is not `Provider<unknown>`. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyProvider = Provider<any>

export interface ClassProvider<T> {
  readonly provide: InjectionToken<T>
  readonly useClass: Class<NoInfer<T>>
}

/** The value belongs to whoever made it: its lifecycle hooks are not called. */
export interface ValueProvider<T> {
  readonly provide: InjectionToken<T>
  readonly useValue: NoInfer<T>
}

/**
 * The function may be async, and may call `inject()` until its first `await`. Call `inject()` before anything else in
 * it: the function is started again when it injects something whose own async factory is not finished yet.
 */
export interface FactoryProvider<T> {
  readonly provide: InjectionToken<T>
  readonly useFactory: () => NoInfer<T> | Promise<NoInfer<T>>
}

/** A second name for what another token provides: both give the same instance. */
export interface ExistingProvider<T> {
  readonly provide: InjectionToken<T>
  readonly useExisting: InjectionToken<NoInfer<T>>
}
