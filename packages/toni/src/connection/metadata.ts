import { Token } from "../di/token.ts"
import { ToniError } from "../errors.ts"
import { showValue } from "../show-value.ts"
import { isInstance } from "../user-code.ts"

/** Values under tokens, of one handshake and the connection that comes of it. Made with the first value. */
export class Metadata {
  #values: Map<Token<unknown>, unknown> | undefined

  get<T>(token: Token<T>): T | undefined {
    assertToken(token)
    return this.#values?.get(token as Token<unknown>) as T | undefined
  }

  /** The value under a token that has to be there, on the path that the error names. */
  require<T>(token: Token<T>, path: string): T {
    assertToken(token)
    if (this.#values?.has(token as Token<unknown>)) return this.get(token) as T
    throw new ToniError("TONI_NO_METADATA", `${token.description} was asked for on ${path}.`)
  }

  set<T>(token: Token<T>, value: T): void {
    assertToken(token)
    this.#values ??= new Map()
    this.#values.set(token as Token<unknown>, value)
  }
}

/** Throws `TONI_BAD_ARGUMENT` for what is no token. */
function assertToken(token: unknown): void {
  if (isInstance(token, Token)) return
  throw new ToniError("TONI_BAD_ARGUMENT", `Metadata stands under a Token; got ${showValue(token)}.`, {
    fix: 'Make one for all who use it: export const CurrentUser = new Token<User>("CurrentUser").',
  })
}
