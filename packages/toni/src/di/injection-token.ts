import { Token } from "./token.ts"

/** A class that is built without arguments: what it depends on comes from `inject()`. */
export type Class<T> = new () => T

/** Anything that `instanceof` knows, abstract classes and classes with constructor parameters too. */
export type AbstractClass<T> = abstract new (...args: never) => T

/** What names a dependency: a class, abstract too, or a `Token<T>`. */
export type InjectionToken<T> = Token<T> | AbstractClass<T>

/** Any token at all. `Token<T>` is invariant in `T`, so that no other type admits every one of them. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyToken = InjectionToken<any>

export function isToken(value: unknown): value is AnyToken {
  return value instanceof Token || isConstructor(value)
}

/** Whether `new value()` is possible; nothing of `value` runs. */
export function isConstructor(value: unknown): value is AbstractClass<unknown> {
  if (typeof value !== "function") return false
  try {
    Reflect.construct(Object, [], value)
    return true
  } catch {
    return false
  }
}

/** The name of a token, or of anything that stands where a token should, for messages. */
export function nameOf(value: unknown): string {
  if (value instanceof Token) return value.description
  if (typeof value === "function") return value.name === "" ? "(anonymous class)" : value.name
  if (typeof value === "string") return JSON.stringify(value)
  if (typeof value !== "object" || value === null) return String(value)
  if (Array.isArray(value)) return "an array"
  const { constructor } = value
  return typeof constructor === "function" && constructor !== Object
    ? `an instance of ${constructor.name}`
    : "an object"
}
