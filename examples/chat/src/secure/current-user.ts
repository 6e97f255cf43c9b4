import { Token } from "toni"

export interface User {
  readonly name: string
}

/** Who is behind a connection; the handshake sets it. */
export const CurrentUser = new Token<User>("CurrentUser")
