import { createHash, timingSafeEqual } from "node:crypto"
import type { User } from "./current-user.ts"

/** The one credential of this example. A real application asks its user store, or checks a signed token. */
const accounts = [{ digest: digest("open-sesame"), user: { name: "Ali Baba" } }]

export class AuthService {
  /** The user whose token this is. How long it takes tells nothing about the tokens that exist. */
  verify(token: string | undefined): User | undefined {
    if (token === undefined) return undefined
    const presented = digest(token)
    return accounts.find((account) => timingSafeEqual(account.digest, presented))?.user
  }
}

/** Digests have one length, which `timingSafeEqual` needs, and do not show how much of a guess was right. */
function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest()
}
