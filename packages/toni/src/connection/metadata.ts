import type { Token } from "../di/token.ts"

/** Values under tokens, of one handshake and the connection that comes of it. Made with the first value. */
export class Metadata {
  #values: Map<Token<unknown>, unknown> | undefined

  get<T>(token: Token<T>): T | undefined {
    return this.#values?.get(token as Token<unknown>) as T | undefined
  }

  has<T>(token: Token<T>): boolean {
    return this.#values?.has(token as Token<unknown>) === true
  }

  set<T>(token: Token<T>, value: T): void {
    this.#values ??= new Map()
    this.#values.set(token as Token<unknown>, value)
  }
}
