import type { Diagnosis } from "./binding.ts"
import { nameOf } from "./injection-token.ts"

/** The wording of what can go wrong with a provider itself. What can go wrong between modules stands in `module/`. */

export function cycle(path: readonly string[]): Diagnosis {
  return {
    kind: "cycle",
    message: path.length > 2 ? `${path[0]} depends on itself, by way of others.` : `${path[0]} depends on itself.`,
    fix: "Move what they share into a provider of its own that both inject.",
  }
}

export function providerFailed(name: string, doing: string, cause: unknown): Diagnosis {
  return {
    kind: "provider-failed",
    message: `${doing} of ${name} failed: ${reasonOf(cause)}`,
    fix: `Mend ${name}, or what it needs from outside; the cause has the stack.`,
  }
}

export function notAToken(asker: string, token: string): Diagnosis {
  return {
    kind: "unknown-dependency",
    message: `${asker} injects ${token}, which is neither a class nor a Token.`,
    fix: token === "undefined" ? circularImport : "Pass inject() a class or a Token.",
  }
}

export function badProvider(message: string, fix: string): Diagnosis {
  return { kind: "bad-provider", message, fix }
}

/** What to do about an `undefined` in a list of imported names. */
export const circularImport: string =
  "Two files probably import each other, and this one ran first: move what both need into a third file; for modules, write imports: () => [Other]. Otherwise check the name of the import."

/** In words for a message. Anything can be thrown, also what throws when it is read. */
export function reasonOf(cause: unknown): string {
  try {
    if (cause instanceof Error) return String(cause.message)
  } catch {
    return "it threw a value that cannot be shown"
  }
  return typeof cause === "string" ? cause : `it threw ${nameOf(cause)}`
}
