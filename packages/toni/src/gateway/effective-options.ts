import { ToniError } from "../errors.ts"
import type { EffectiveOptions, GatewayOptions } from "./gateway-options.ts"
import { readOptions } from "./option-checks.ts"

const mebibyte = 1_048_576

/** Options that are given in a call; what is wrong throws `TONI_BAD_OPTION`. Answers a copy. */
export function assertOptions(given: unknown): GatewayOptions {
  const { options, mistakes } = readOptions(given)
  if (mistakes.length === 0) return options
  throw new ToniError("TONI_BAD_OPTION", `${mistakes.map(({ what }) => what).join("; ")}.`, {
    fix: [...new Set(mistakes.map(({ fix }) => fix))].join(" "),
  })
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
