import { defineModule, moduleDefinition, type ModuleOptions } from "../module/module-definition.ts"
import { requireClass, requireParentheses, type AnyClassDecorator } from "./class-decorator.ts"

/**
 * Makes a class stand for a module: `@Module({ … }) class ChatModule {}` means
 * `defineModule({ name: "ChatModule", … })`, and the class goes wherever a module does. It is never constructed.
 * Anywhere but on a class it throws a `ToniError` with `TONI_BAD_ARGUMENT`.
 */
export function Module<const Provided extends readonly unknown[] = []>(
  options: ModuleOptions<Provided>,
): AnyClassDecorator {
  requireParentheses("Module", options)
  return (target, context) => {
    requireClass("Module", target, context)
    const value = defineModule({ ...options, name: target.name })
    Object.defineProperty(target, moduleDefinition, { value })
  }
}
