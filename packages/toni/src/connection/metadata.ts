import type { Token } from "../di/token.ts"
import { ToniError } from "../errors.ts"

/** Values under tokens, of one handshake and the connection that comes of it. Made with the first value. */
export class Metadata {
  #values: Map<Token<unknown>, unknown> | undefined

  get<T>(token: Token<T>): T | undefined {
    return this.#values?.get(token as Token<unknown>) as T | undefined
  }

  /** The value under a token that has to be there, on the path that the error names. */
  require<T>(token: Token<T>, path: string): T {
    if (this.#values?.has(token as Token<unknown>)) return this.get(token) as T
    throw new ToniError("TONI_NO_METADATA", `${token.description} was asked for on ${path}.`)
  }

  set<T>(token: Token<T>, value: T): void {
    this.#values ??= new Map()
    this.#values.set(token as Token<unknown>, value)
  }
}
