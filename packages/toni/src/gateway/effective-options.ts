import { ToniError } from "../errors.ts"
import { showValue } from "../show-value.ts"
import type { EffectiveOptions, GatewayOptions } from "./gateway-options.ts"
import { checkOrigins } from "./origin.ts"
import { checkTrustProxy } from "./proxy.ts"
import { isCredential } from "./subprotocol.ts"
import { isToken } from "./token-list.ts"

const mebibyte = 1_048_576

type Check = (value: unknown) => string | undefined

/** Every option with the check that its value must pass; a name that is not here is not an option. */
const checks: Readonly<Record<keyof GatewayOptions, Check>> = {
  origins: checkOrigins,
  trustProxy: checkTrustProxy,
  protocols: (value) =>
    Array.isArray(value) && value.every((name) => typeof name === "string" && isToken(name) && !isCredential(name))
      ? undefined
      : "takes a list of subprotocol names, each a token of RFC 9110 section 5.6.2 that is no credential",
  maxPayload: limit,
  maxFragments: limit,
  maxBackpressure: limit,
  slowConsumer: (value) => (value === "close" || value === "drop" ? undefined : 'takes "close" or "drop"'),
  maxConnections: limit,
  maxConnectionsPerAddress: limit,
  maxTopics: limit,
  rateLimit: (value) =>
    value === "unlimited"
      ? undefined
      : fields(
          value,
          { messages: count, per: duration, burst: optional(count) },
          '"unlimited" or { messages, per, burst }',
        ),
  compression: (value) =>
    typeof value === "boolean"
      ? undefined
      : fields(value, { threshold: optional(count) }, "true, false or { threshold }"),
  concurrency: count,
  inbox: (value) => fields(value, { messages: optional(count), bytes: optional(count) }, "{ messages, bytes }"),
  heartbeat: (value) =>
    value === "unlimited"
      ? undefined
      : fields(
          value,
          { interval: optional(duration), timeout: optional(duration) },
          '"unlimited" or { interval, timeout }',
        ),
  handshakeTimeout: duration,
  connectTimeout: duration,
  settleTimeout: duration,
  closeTimeout: duration,
  stallTimeout: duration,
}

/** What is wrong with options, a sentence each; empty when nothing is. Zero is always refused (rule G20). */
export function optionMistakes(options: GatewayOptions): readonly string[] {
  if (typeof options !== "object" || options === null || Array.isArray(options)) return ["options is not an object"]
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined) return []
    if (!Object.hasOwn(checks, name)) return [`${name} is not an option; there are ${Object.keys(checks).join(", ")}`]
    const mistake = checks[name as keyof GatewayOptions](value)
    return mistake === undefined ? [] : [`${name} ${mistake}; got ${showValue(value)}`]
  })
}

/** The same as an error, for options that are given in a call. */
export function assertOptions(options: GatewayOptions): void {
  const mistakes = optionMistakes(options)
  if (mistakes.length > 0) throw new ToniError("TONI_BAD_OPTION", `${mistakes.join("; ")}.`)
}

/** Built-in defaults < the application's < the gateway's (rule G20d); of heartbeat and inbox, each field for itself. */
export function effectiveOptions(application: GatewayOptions, gateway: GatewayOptions = {}): EffectiveOptions {
  const given = { ...defined(application), ...defined(gateway) }
  const inbox = { ...application.inbox, ...defined(gateway.inbox ?? {}) }
  return Object.freeze({
    origins: given.origins ?? "same-origin",
    trustProxy: given.trustProxy ?? false,
    protocols: Object.freeze([...(given.protocols ?? [])]),
    maxPayload: bound(given.maxPayload ?? mebibyte),
    maxFragments: bound(given.maxFragments ?? 4_096),
    maxBackpressure: bound(given.maxBackpressure ?? mebibyte),
    slowConsumer: given.slowConsumer ?? "close",
    maxConnections: bound(given.maxConnections ?? "unlimited"),
    maxConnectionsPerAddress: bound(given.maxConnectionsPerAddress ?? "unlimited"),
    maxTopics: bound(given.maxTopics ?? 128),
    rateLimit: rateLimit(given.rateLimit),
    compression: compression(given.compression ?? false),
    concurrency: given.concurrency ?? 1,
    inbox: Object.freeze({ messages: inbox.messages ?? 64, bytes: inbox.bytes ?? mebibyte }),
    heartbeat: heartbeat(application.heartbeat, gateway.heartbeat),
    handshakeTimeout: given.handshakeTimeout ?? 10_000,
    connectTimeout: given.connectTimeout ?? 10_000,
    settleTimeout: given.settleTimeout ?? 10_000,
    closeTimeout: given.closeTimeout ?? 5_000,
    stallTimeout: given.stallTimeout ?? 30_000,
  })
}

function heartbeat(
  application: GatewayOptions["heartbeat"],
  gateway: GatewayOptions["heartbeat"] = application,
): EffectiveOptions["heartbeat"] {
  if (gateway === "unlimited") return Object.freeze({ interval: Infinity, timeout: Infinity })
  const given = { ...(application === "unlimited" ? {} : application), ...defined(gateway ?? {}) }
  return Object.freeze({ interval: given.interval ?? 30_000, timeout: given.timeout ?? 10_000 })
}

function rateLimit(given: GatewayOptions["rateLimit"]): EffectiveOptions["rateLimit"] {
  if (given === undefined || given === "unlimited") return undefined
  return Object.freeze({ messages: given.messages, per: given.per, burst: given.burst ?? given.messages })
}

function compression(given: NonNullable<GatewayOptions["compression"]>): EffectiveOptions["compression"] {
  if (given === false) return false
  return Object.freeze({ threshold: given === true ? 1_024 : (given.threshold ?? 1_024) })
}

function bound(value: number | "unlimited"): number {
  return value === "unlimited" ? Infinity : value
}

function defined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>
}

function limit(value: unknown): string | undefined {
  return value === "unlimited" || count(value) === undefined
    ? undefined
    : 'takes a positive whole number or "unlimited"'
}

function count(value: unknown): string | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? undefined : "takes a positive whole number"
}

function duration(value: unknown): string | undefined {
  return typeof value === "number" && value > 0 && value <= 2 ** 31 - 1
    ? undefined
    : "takes milliseconds, above 0 and below 2^31"
}

function optional(check: Check): Check {
  return (value) => (value === undefined ? undefined : check(value))
}

function fields(value: unknown, shape: Readonly<Record<string, Check>>, form: string): string | undefined {
  if (typeof value !== "object" || value === null) return `takes ${form}`
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(shape, name))
  if (unknown !== undefined) return `takes ${form}, and has no ${unknown}`
  for (const [name, check] of Object.entries(shape)) {
    const mistake = check((value as Record<string, unknown>)[name])
    if (mistake !== undefined) return `takes ${form}: ${name} ${mistake}`
  }
  return undefined
}
