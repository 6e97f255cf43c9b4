import type { Diagnosis, Recipe } from "./binding.ts"
import { isConstructor, isToken, nameOf, type AnyToken, type Class } from "./injection-token.ts"
import { badProvider, circularImport } from "./problems.ts"
import { closestOf } from "../spelling.ts"
import { Token } from "./token.ts"

export interface ReadProvider {
  /** Missing where the entry is so wrong that it names none. */
  readonly token?: AnyToken
  readonly recipe: Recipe
  readonly problem?: Diagnosis
}

const forms = ["useClass", "useValue", "useFactory", "useExisting"] as const

/** Reads one entry of a providers list; `where` names the entry in messages. Never throws. */
export function readProvider(entry: unknown, where: string): ReadProvider {
  try {
    return readEntry(entry, where)
  } catch {
    return broken(undefined, `${where} throws when it is read.`, "Pass a class, or a plain object without getters.")
  }
}

function readEntry(entry: unknown, where: string): ReadProvider {
  if (isConstructor(entry)) return readClass(entry, entry)
  if (typeof entry !== "object" || entry === null || !("provide" in entry)) {
    return broken(undefined, `${where} is ${nameOf(entry)}, which is not a provider.`, fixForStray(entry))
  }
  const token = entry.provide
  if (!isToken(token)) {
    const fix = token === undefined ? circularImport : "Let provide be a class or a Token."
    return broken(undefined, `${where} provides ${nameOf(token)}, which is neither a class nor a Token.`, fix)
  }
  const used = forms.filter((form) => form in entry)
  if (used.length !== 1) {
    const stranger = Object.keys(entry).find((key) => key !== "provide" && used.length === 0)
    const has = used.length > 0 ? used.join(" and ") : (stranger ?? "provide alone")
    const meant = stranger === undefined ? undefined : closestOf(stranger, forms)
    const fix = meant === undefined ? `Give it exactly one of ${forms.join(", ")}.` : `Write ${meant}.`
    return broken(token, `The provider of ${nameOf(token)} has ${has}.`, fix)
  }
  return readForm(token, entry)
}

function readForm(token: AnyToken, entry: object): ReadProvider {
  const name = nameOf(token)
  if ("useValue" in entry) return { token, recipe: { kind: "value", useValue: entry.useValue } }
  if ("useClass" in entry) {
    if (isConstructor(entry.useClass)) return readClass(token, entry.useClass)
    return broken(token, `useClass of ${name} is ${nameOf(entry.useClass)}.`, fixForForm(entry.useClass, "a class"))
  }
  if ("useFactory" in entry) {
    const { useFactory } = entry
    if (typeof useFactory !== "function") {
      return broken(token, `useFactory of ${name} is ${nameOf(useFactory)}.`, fixForForm(useFactory, "a function"))
    }
    if (useFactory.length > 0) {
      return broken(token, `The factory of ${name} declares parameters.`, "Call inject() inside the factory instead.")
    }
    return { token, recipe: { kind: "factory", useFactory: useFactory as () => unknown } }
  }
  const target = "useExisting" in entry ? entry.useExisting : undefined
  if (isToken(target)) return { token, recipe: { kind: "alias", target } }
  return broken(token, `useExisting of ${name} is ${nameOf(target)}.`, fixForForm(target, "a class or a Token"))
}

function readClass(token: AnyToken, useClass: { readonly length: number }): ReadProvider {
  if (useClass.length === 0) return { token, recipe: { kind: "class", useClass: useClass as Class<unknown> } }
  const name = nameOf(useClass)
  return broken(
    token,
    `The constructor of ${name} declares parameters, and nobody is there to pass them.`,
    `Use inject() in ${name} instead, or provide it with { provide: ${name}, useFactory: () => new ${name}(…) }.`,
  )
}

function broken(token: AnyToken | undefined, message: string, fix: string): ReadProvider {
  const recipe = { kind: "broken" } as const
  const problem = badProvider(message, fix)
  return token === undefined ? { recipe, problem } : { token, recipe, problem }
}

function fixForForm(value: unknown, wanted: string): string {
  return value === undefined ? circularImport : `It takes ${wanted}.`
}

function fixForStray(entry: unknown): string {
  if (entry === undefined) return circularImport
  if (entry instanceof Token) return `Say what it stands for, as in { provide: ${nameOf(entry)}, useValue: … }.`
  return "List a class, or { provide, useClass | useValue | useFactory | useExisting }."
}
