import type { AnyToken } from "./injection-token.ts"

/** Answers `inject()` for the provider that is being made. */
export interface InjectionContext {
  resolve(token: AnyToken, optional: boolean): unknown
}

let current: InjectionContext | undefined

export function currentContext(): InjectionContext | undefined {
  return current
}

/** Runs `construct` with `context` behind `inject()`; only while it runs synchronously, never across an `await`. */
export function runInContext<T>(context: InjectionContext, construct: () => T): T {
  const outer = current
  current = context
  try {
    return construct()
  } finally {
    current = outer
  }
}
