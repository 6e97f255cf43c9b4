import { isConstructor, nameOf, type AbstractClass } from "../di/injection-token.ts"
import { ToniError } from "../errors.ts"
import { showValue } from "../show-value.ts"

/** Fits a class in both dialects: standard decorators pass a context, those of `experimentalDecorators` do not. */
export type AnyClassDecorator = (target: AbstractClass<object>, context?: ClassDecoratorContext) => void

/** Throws a `ToniError` with `TONI_BAD_ARGUMENT` unless the decorator stands on a class. */
export function requireClass(decorator: string, target: unknown, context: unknown): void {
  if (isConstructor(target) && standsOnClass(context)) return
  const detail = `@${decorator}() stands on ${nameOf(target)}, which is not a class.`
  throw new ToniError("TONI_BAD_ARGUMENT", detail, { fix: "Put it in front of a class." })
}

/** Decorators of `experimentalDecorators` get no context. */
function standsOnClass(context: unknown): boolean {
  try {
    return typeof context === "object" && context !== null && "kind" in context ? context.kind === "class" : !context
  } catch {
    return false
  }
}

/** Throws a `ToniError` with `TONI_BAD_ARGUMENT` where the decorator was written without its parentheses. */
export function requireParentheses(decorator: string, argument: unknown): void {
  if (!isConstructor(argument)) return
  const detail = `@${decorator} stands on ${nameOf(argument)} without parentheses.`
  throw new ToniError("TONI_BAD_ARGUMENT", detail, { fix: `Write @${decorator}() with parentheses.` })
}

/** Throws a `ToniError` with `TONI_BAD_ARGUMENT` for options that are no object. */
export function requireOptions(decorator: string, options: unknown): void {
  if (typeof options === "object" && options !== null) return
  const detail = `@${decorator}() takes an object of options; got ${showValue(options)}.`
  throw new ToniError("TONI_BAD_ARGUMENT", detail, { fix: `Write @${decorator}({ providers: [ … ] }).` })
}
