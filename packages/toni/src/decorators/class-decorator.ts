import { isConstructor, nameOf, type AbstractClass } from "../di/injection-token.ts"
import { ToniError } from "../errors.ts"

/** Fits a class in both dialects: standard decorators pass a context, those of `experimentalDecorators` do not. */
export type AnyClassDecorator = (target: AbstractClass<object>, context?: ClassDecoratorContext) => void

/** Throws a `ToniError` with `TONI_BAD_ARGUMENT` unless the decorator stands on a class. */
export function requireClass(decorator: string, target: unknown, context: unknown): void {
  const onClass =
    typeof context === "object" && context !== null && "kind" in context ? context.kind === "class" : !context
  if (isConstructor(target) && onClass) return
  throw new ToniError("TONI_BAD_ARGUMENT", `@${decorator}() stands on ${nameOf(target)}, which is not a class.`)
}

/** Throws a `ToniError` with `TONI_BAD_ARGUMENT` where the decorator was written without its parentheses. */
export function requireParentheses(decorator: string, argument: unknown): void {
  if (!isConstructor(argument)) return
  throw new ToniError("TONI_BAD_ARGUMENT", `Write @${decorator}() with parentheses on ${nameOf(argument)}.`)
}
