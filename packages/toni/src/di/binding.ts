import type { StartupProblem, StartupProblemKind } from "../errors.ts"
import type { AnyToken, Class } from "./injection-token.ts"

/** One provider in one module. The binding itself is the key to its instance. */
export interface Binding {
  readonly module: string
  readonly token: AnyToken
  /** The name of the token, for messages. */
  readonly name: string
  readonly recipe: Recipe
}

export type Recipe =
  | { readonly kind: "class"; readonly useClass: Class<unknown> }
  | { readonly kind: "factory"; readonly useFactory: () => unknown }
  | { readonly kind: "value"; readonly useValue: unknown }
  | { readonly kind: "alias"; readonly target: AnyToken }
  /** Already reported: whoever asks for it fails without a word. */
  | { readonly kind: "broken" }

/** A problem before it is known who asked. */
export interface Diagnosis {
  readonly kind: StartupProblemKind
  readonly message: string
  readonly fix: string
}

/** What a token means to the binding that asks for it. */
export type Resolution =
  | { readonly kind: "found"; readonly binding: Binding }
  /** Optional dependencies get `undefined`; for the others the diagnosis is reported. */
  | { readonly kind: "missing"; readonly diagnose: (asker: string) => Diagnosis }
  | { readonly kind: "ambiguous"; readonly diagnose: (asker: string) => Diagnosis }

export type Resolver = (token: AnyToken, from: Binding) => Resolution

export function problemOf(
  diagnosis: Diagnosis,
  module: string,
  chain: readonly string[],
  thrown?: { readonly cause: unknown },
): StartupProblem {
  return { ...diagnosis, module, chain, ...thrown }
}

/**
 * Is told of each step of the start that may take its time, such as an async factory; what it answers is called when
 * the step is over. MUST NOT throw.
 */
export type StartWatch = (provider: Pick<Binding, "module" | "name">, step: string) => () => void

export const unwatched: StartWatch = () => () => undefined
