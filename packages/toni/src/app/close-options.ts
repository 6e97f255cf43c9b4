import type { DestroyFailure } from "../module/lifecycle.ts"
import { checkedOptions, milliseconds } from "../checked-options.ts"

export interface CloseOptions {
  /** The close code that clients get: 1001, going away, or 1012, service restart. Default 1001. */
  readonly code?: 1001 | 1012 | undefined
  /** Milliseconds over which clients are closed, so that they do not all come back at once. Default 0. */
  readonly window?: number | undefined
  /** Milliseconds that handlers, peers and `onModuleDestroy` hooks have after the last wave. Default 10,000. */
  readonly timeout?: number | undefined
}

/** What became of everything when the application closed (rule G21b). */
export interface CloseReport {
  /** Clients that were connected when it began. */
  readonly clients: number
  /** Hooks of gateways that did not settle in time. */
  readonly abandoned: number
  /** Messages that had been read and were dropped before a handler had them, since it began. */
  readonly dropped: number
  /** What `onModuleDestroy` hooks threw, and which hooks of providers were given up (`TONI_HOOK_TIMEOUT`). */
  readonly failures: readonly DestroyFailure[]
}

export interface ClosePlan {
  readonly code: 1001 | 1012
  readonly window: number
  readonly timeout: number
}

export const closeChecks: Parameters<typeof checkedOptions<CloseOptions>>[2] = {
  code: (value) => (value === 1001 || value === 1012 ? undefined : "takes 1001 or 1012"),
  window: milliseconds,
  timeout: milliseconds,
}

/** Throws `TONI_BAD_OPTION` for what `close` does not take. */
export function closePlan(given: unknown): ClosePlan {
  const { code = 1001, window = 0, timeout = 10_000 } = checkedOptions<CloseOptions>("close()", given, closeChecks)
  return { code, window, timeout }
}
