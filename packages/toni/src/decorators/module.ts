import { makeDefinition, moduleDefinition, type ModuleOptions } from "../module/module-definition.ts"
import { requireClass, requireOptions, requireParentheses, type AnyClassDecorator } from "./class-decorator.ts"

export interface DecoratedModuleOptions<Provided extends readonly unknown[]> extends ModuleOptions<Provided> {
  /** Appears in messages. Default: the name of the class, which minifiers change, and which may repeat. */
  readonly name?: string
}

/**
 * Makes a class stand for a module: `@Module({ … }) class ChatModule {}` means
 * `defineModule({ name: "ChatModule", … })`, and the class goes wherever a module does. It is never constructed.
 * Anywhere but on a class, and with an argument of the wrong form, it throws a `ToniError` with `TONI_BAD_ARGUMENT`.
 */
export function Module<const Provided extends readonly unknown[] = []>(
  options: DecoratedModuleOptions<Provided> = {},
): AnyClassDecorator {
  requireParentheses("Module", options)
  requireOptions("Module", options)
  return (target, context) => {
    requireClass("Module", target, context)
    const { name = target.name === "" ? "(anonymous class)" : target.name } = options
    const value = makeDefinition({ ...options, name }, options.name === undefined)
    Object.defineProperty(target, moduleDefinition, { value })
  }
}
