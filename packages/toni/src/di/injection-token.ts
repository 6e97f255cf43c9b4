import { showValue } from "../show-value.ts"
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

/** Never throws, whatever `value` is. */
export function isToken(value: unknown): value is AnyToken {
  try {
    return value instanceof Token || isConstructor(value)
  } catch {
    return false
  }
}

/** Whether `new value()` is possible; nothing of `value` runs, and it never throws. */
export function isConstructor(value: unknown): value is AbstractClass<unknown> {
  if (typeof value !== "function") return false
  try {
    Reflect.construct(Object, [], value)
    return true
  } catch {
    return false
  }
}

/**
 * The name of a token, or of anything that stands where a token should, for messages. What is in an object is not
 * shown: it may be a secret. Never throws.
 */
export function nameOf(value: unknown): string {
  try {
    return describe(value)
  } catch {
    return showValue(value)
  }
}

function describe(value: unknown): string {
  if (value instanceof Token) return String(value.description)
  if (isConstructor(value))
    return typeof value.name === "string" && value.name !== "" ? value.name : "(anonymous class)"
  if (typeof value !== "object" || value === null) return showValue(value)
  if (Array.isArray(value)) return "an array"
  const { constructor } = value
  return typeof constructor === "function" && constructor !== Object
    ? `an instance of ${constructor.name}`
    : "an object"
}
