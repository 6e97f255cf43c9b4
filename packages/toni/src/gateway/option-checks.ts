import { showValue } from "../show-value.ts"
import { isArray } from "../user-code.ts"
import type { GatewayOptions } from "./gateway-options.ts"
import type { OptionCheck, OptionMistake } from "./option-mistake.ts"
import { checkOrigins } from "./origin.ts"
import { checkProtocols } from "./subprotocol.ts"
import { isClose } from "../spelling.ts"
import { checkTrustProxy } from "./proxy.ts"

/** Every option with the check that its value must pass; a name that is not here is not an option. */
const checks: Readonly<Record<keyof GatewayOptions, OptionCheck>> = {
  origins: checkOrigins,
  trustProxy: checkTrustProxy,
  protocols: checkProtocols,
  maxPayload: limit,
  maxFragments: limit,
  maxBackpressure: limit,
  slowConsumer: (value) =>
    value === "close" || value === "drop"
      ? undefined
      : {
          what: 'takes "close" or "drop"',
          fix: 'Write "close" to close a client that does not read, or "drop" to discard what it misses.',
        },
  maxConnections: limit,
  maxConnectionsPerAddress: limit,
  maxTopics: limit,
  rateLimit: orUnlimited("{ messages, per, burst }", { messages: count, per: duration, burst: optional(count) }),
  compression: (value) =>
    typeof value === "boolean"
      ? undefined
      : fields(value, { threshold: optional(count) }, "true, false or { threshold }"),
  concurrency: count,
  inbox: (value) => fields(value, { messages: optional(count), bytes: optional(count) }, "{ messages, bytes }"),
  heartbeat: orUnlimited("{ interval, timeout }", { interval: optional(duration), timeout: optional(duration) }),
  handshakeTimeout: duration,
  connectTimeout: duration,
  settleTimeout: duration,
  closeTimeout: duration,
  stallTimeout: duration,
}

/** Options as they were given, with what is wrong with them. */
export interface ReadOptions {
  /** A copy; what is wrong is left out. */
  readonly options: GatewayOptions
  readonly mistakes: readonly OptionMistake[]
}

/**
 * Reads options once, without trust: getters and proxies may throw. Every mistake is a sentence that names the option
 * and its value. Zero is always refused (rule G20).
 */
export function readOptions(given: unknown): ReadOptions {
  if (given === undefined) return { options: {}, mistakes: [] }
  if (typeof given !== "object" || given === null || isArray(given)) {
    const fix = "Write an object of options, such as { maxPayload: 65_536 }, or leave it out."
    return { options: {}, mistakes: [{ what: `options is ${showValue(given)}, which is no object`, fix }] }
  }
  const options: Record<string, unknown> = {}
  const mistakes: OptionMistake[] = []
  for (const name of ownNames(given, mistakes)) {
    try {
      const value = copy((given as Readonly<Record<string, unknown>>)[name])
      if (value === undefined) continue
      const mistake = Object.hasOwn(checks, name) ? checks[name as keyof GatewayOptions](value) : unknownName(name)
      if (mistake === undefined) options[name] = value
      else mistakes.push({ what: describe(name, value, mistake), fix: mistake.fix })
    } catch (error) {
      mistakes.push(unreadable(name, error))
    }
  }
  return { options, mistakes }
}

function describe(name: string, value: unknown, { what }: OptionMistake): string {
  return Object.hasOwn(checks, name) ? `${name} ${what}; got ${showValue(value)}` : `${name} ${what}`
}

function unknownName(name: string): OptionMistake {
  const names = Object.keys(checks)
  const meant = names.find((each) => isClose(each, name))
  return {
    what: "is not an option",
    fix: meant === undefined ? `Remove it; the options are ${names.join(", ")}.` : `Write ${meant}.`,
  }
}

function ownNames(given: object, mistakes: OptionMistake[]): readonly string[] {
  try {
    return Object.keys(given)
  } catch (error) {
    mistakes.push(unreadable("options", error))
    return []
  }
}

function unreadable(name: string, error: unknown): OptionMistake {
  return { what: `${name} cannot be read: ${showValue(error)}`, fix: `Give ${name} a plain value.` }
}

/** What is in force must not change with what it was made from. */
function copy(value: unknown): unknown {
  if (isArray(value)) return Object.freeze([...value])
  return typeof value === "object" && value !== null ? { ...value } : value
}

function limit(value: unknown): OptionMistake | undefined {
  if (value === "unlimited" || isCount(value)) return undefined
  return {
    what: 'takes a positive whole number or "unlimited"',
    fix: numberFix(value, 'Write a number such as 1000, or "unlimited".'),
  }
}

function count(value: unknown): OptionMistake | undefined {
  if (isCount(value)) return undefined
  return { what: "takes a positive whole number", fix: numberFix(value, "Write a whole number from 1 on.") }
}

function duration(value: unknown): OptionMistake | undefined {
  if (typeof value === "number" && value > 0 && value <= 2 ** 31 - 1) return undefined
  const fix = numberFix(value, "Write a number of milliseconds; 10_000 is ten seconds.")
  return { what: "takes milliseconds, above 0 and below 2^31", fix }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0
}

function numberFix(value: unknown, usual: string): string {
  if (Number.isNaN(value)) return `NaN comes from Number() of what is no number, as an unset variable is. ${usual}`
  if (typeof value === "string" && value.trim() !== "" && Number(value) > 0)
    return `Write ${Number(value)}, without quotes.`
  return usual
}

function optional(check: OptionCheck): OptionCheck {
  return (value) => (value === undefined ? undefined : check(value))
}

function orUnlimited(form: string, shape: Readonly<Record<string, OptionCheck>>): OptionCheck {
  return (value) => (value === "unlimited" ? undefined : fields(value, shape, `"unlimited" or ${form}`))
}

function fields(value: unknown, shape: Readonly<Record<string, OptionCheck>>, form: string): OptionMistake | undefined {
  if (typeof value !== "object" || value === null || isArray(value)) {
    return { what: `takes ${form}`, fix: `Write ${form}.` }
  }
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(shape, name))
  if (unknown !== undefined) {
    const meant = Object.keys(shape).find((name) => isClose(name, unknown))
    const fix = meant === undefined ? `Remove ${unknown}.` : `Write ${meant}.`
    return { what: `takes ${form}, and has no ${unknown}`, fix }
  }
  for (const [name, check] of Object.entries(shape)) {
    const mistake = check((value as Record<string, unknown>)[name])
    if (mistake !== undefined) return { what: `takes ${form}: ${name} ${mistake.what}`, fix: mistake.fix }
  }
  return undefined
}
