import { ToniError } from "./errors.ts"
import { showValue } from "./show-value.ts"
import { closestOf } from "./spelling.ts"

/** What is wrong with the value of an option, as in "takes a function"; `undefined`: nothing. */
export type OptionCheck = (value: unknown) => string | undefined

/**
 * The options of a call, each read once and checked; `undefined` counts as missing. Throws `TONI_BAD_OPTION` for what is
 * no object, for a name that is no option, for a value that the option cannot have, and for one that throws when it is
 * read.
 */
export function checkedOptions<Options extends object>(
  call: string,
  given: unknown,
  checks: Readonly<Record<keyof Options & string, OptionCheck>>,
): Partial<Options> {
  const names = Object.keys(checks) as (keyof Options & string)[]
  const bad = (detail: string, fix: string, cause?: unknown): never => {
    throw new ToniError("TONI_BAD_OPTION", `${call}: ${detail}`, { cause, fix })
  }
  if (given === undefined) return {}
  const read: Partial<Options> = {}
  try {
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      return bad(`the options are an object; got ${showValue(given)}.`, `Write { ${names.join(", ")} }, each optional.`)
    }
    const unknown = Object.keys(given).find((name) => !names.includes(name as keyof Options & string))
    if (unknown !== undefined) {
      const meant = closestOf(unknown, names)
      bad(
        `${unknown} is not an option.`,
        meant === undefined ? `The options are ${names.join(", ")}.` : `Write ${meant}.`,
      )
    }
    for (const name of names) {
      const value = (given as Options)[name]
      if (value === undefined) continue
      const mistake = checks[name](value)
      if (mistake !== undefined)
        bad(`${name} ${mistake}; got ${showValue(value)}.`, `Correct ${name}, or leave it out.`)
      read[name] = value
    }
  } catch (error) {
    if (error instanceof ToniError) throw error
    bad("an option throws when it is read.", "Pass a plain object; the cause has the stack.", error)
  }
  return read
}

/**
 * A copy of the options of a call: each is read once. One that throws when it is read is `TONI_BAD_ARGUMENT`, with the
 * cause.
 */
export function copyOfOptions<Options extends object>(call: string, options: Options): Options {
  try {
    return { ...options }
  } catch (cause) {
    throw new ToniError("TONI_BAD_ARGUMENT", `An option of ${call} throws when it is read.`, {
      cause,
      fix: "Pass a plain object; the cause has the stack.",
    })
  }
}

/** For options that are objects or functions with a certain face. What throws when it is looked at has none. */
export function hasMethods(value: unknown, names: readonly string[]): boolean {
  if ((typeof value !== "object" || value === null) && typeof value !== "function") return false
  try {
    return names.every((name) => typeof (value as unknown as Record<string, unknown>)[name] === "function")
  } catch {
    return false
  }
}

/** Throws `TONI_BAD_ARGUMENT` unless the value of an argument is what it has to be; `what` as in "a string". */
export function assertArgument(isRight: boolean, what: string, got: unknown): asserts isRight {
  if (!isRight) throw new ToniError("TONI_BAD_ARGUMENT", `${what}; got ${showValue(got)}.`)
}

/** Milliseconds, zero among them. */
export const milliseconds: OptionCheck = (value) =>
  typeof value === "number" && value >= 0 && value <= longestTime
    ? undefined
    : "takes milliseconds, from 0 to 2147483647"

const longestTime = 2 ** 31 - 1
