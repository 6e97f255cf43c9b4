/**
 * A name for a value that has no class: configuration, a user, a connection pool. Two tokens are never the same,
 * whatever their descriptions say; the description appears in error messages.
 *
 * ```ts
 * const CurrentUser = new Token<User>("CurrentUser")
 * ```
 */
export class Token<T> {
  /** Exists in types only, as a function, so that tokens of different types never mix in either direction. */
  declare readonly phantom: (value: T) => T
  readonly description: string

  constructor(description: string) {
    this.description = description
  }
}
