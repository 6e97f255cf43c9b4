import type { StartupProblem } from "../errors.ts"
import { optionMistakes } from "./effective-options.ts"
import type { EffectiveOptions } from "./gateway-options.ts"
import type { Gateway } from "./gateway.ts"
import { pathMistake, pathShape } from "./path.ts"

/** An instance of the container, and where it came from. */
export interface Candidate {
  readonly module: string
  readonly name: string
  readonly instance: unknown
}

/** A gateway that was found. */
export interface FoundGateway {
  readonly name: string
  readonly module: string
  readonly path: string
  readonly gateway: Gateway
}

/** A gateway with its options as they are in force (rule G20d). */
export interface GatewayEntry extends FoundGateway {
  readonly options: EffectiveOptions
}

const hooks = ["onHandshake", "onConnect", "onMessage", "onDisconnect"] as const

/** Finds the gateways among instances, by what they are (rule G1a), and what keeps any from being served (G1b, G2a). */
export function discoverGateways(candidates: readonly Candidate[]): {
  readonly gateways: readonly FoundGateway[]
  readonly problems: readonly StartupProblem[]
} {
  const gateways: FoundGateway[] = []
  const problems: StartupProblem[] = []
  const owners = new Map<string, string>()
  const seen = new Set<unknown>()
  for (const { module, name, instance } of candidates) {
    if (!isObject(instance) || seen.has(instance)) continue
    seen.add(instance)
    const problem = (kind: StartupProblem["kind"], message: string, fix: string): void => {
      problems.push({ kind, module, chain: [name], message, fix })
    }
    const missing = nearMiss(instance)
    if (missing !== undefined) {
      problem("not-a-gateway", `${name} looks like a gateway, but ${missing.what}.`, missing.fix)
      continue
    }
    if (!isGateway(instance)) continue
    const options = instance.options ?? {}
    for (const mistake of optionMistakes(options))
      problem("bad-option", `${name}.options: ${mistake}.`, "Correct or remove the option.")
    const mistake = pathMistake(instance.path)
    if (mistake !== undefined) {
      problem(
        "bad-path",
        `${name} has the path ${JSON.stringify(instance.path)}: ${mistake}.`,
        'Write it like "/rooms/:room".',
      )
      continue
    }
    const shape = pathShape(instance.path)
    const owner = owners.get(shape)
    if (owner !== undefined) {
      problem(
        "duplicate-path",
        `${name} and ${owner} both own the path ${instance.path}.`,
        "Give each gateway a path of its own.",
      )
      continue
    }
    owners.set(shape, name)
    gateways.push({ name, module, path: instance.path, gateway: instance })
  }
  return { gateways, problems }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null
}

function isGateway(instance: object): instance is Gateway {
  const { path, onMessage } = instance as Partial<Gateway>
  return typeof path === "string" && typeof onMessage === "function"
}

/** What an instance lacks that was meant to be a gateway (rule G1b). */
function nearMiss(instance: object): { readonly what: string; readonly fix: string } | undefined {
  const face = instance as Partial<Record<(typeof hooks)[number] | "path", unknown>>
  const has = hooks.filter((hook) => typeof face[hook] === "function")
  if (has.length === 0) return undefined
  const path = face.path
  if (typeof path === "string" && has.includes("onMessage")) {
    if (path.startsWith("/")) return undefined
    return {
      what: `its path ${JSON.stringify(path)} does not start with /`,
      fix: `Write path = ${JSON.stringify(`/${path}`)}.`,
    }
  }
  if (typeof path === "string") {
    return {
      what: `it has ${has.join(" and ")} and no onMessage`,
      fix: "Add onMessage(client, message); it may do nothing.",
    }
  }
  // Without a path, onConnect and onDisconnect alone may well belong to something that is no gateway.
  if (!has.includes("onMessage") || (path === undefined && has.length === 1)) return undefined
  const what = path === undefined ? "it has no path" : "its path is not a string"
  return { what: `${what}, though it has ${has.join(" and ")}`, fix: 'Add readonly path = "/…".' }
}
