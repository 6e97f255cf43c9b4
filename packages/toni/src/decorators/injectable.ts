import { requireClass, requireParentheses, type AnyClassDecorator } from "./class-decorator.ts"

/**
 * `@Injectable()` marks a class as a provider, for the reader: any class that a module lists is one. Anywhere but on a
 * class it throws a `ToniError` with `TONI_BAD_ARGUMENT`.
 */
export const Injectable: () => AnyClassDecorator = (...misused: readonly unknown[]) => {
  requireParentheses("Injectable", misused[0])
  return (target, context) => requireClass("Injectable", target, context)
}
