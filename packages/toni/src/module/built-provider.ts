import type { AnyToken } from "../di/injection-token.ts"

/** A provider and what came of it. */
export interface BuiltProvider {
  readonly module: string
  readonly token: AnyToken
  /** The name of the token, for messages. */
  readonly name: string
  readonly instance: unknown
}
