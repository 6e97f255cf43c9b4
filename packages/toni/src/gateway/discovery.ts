import type { StartupProblem } from "../errors.ts"
import { showValue } from "../show-value.ts"
import { Face } from "./face.ts"
import type { EffectiveOptions, GatewayOptions } from "./gateway-options.ts"
import type { Gateway } from "./gateway.ts"
import { nearMisses } from "./near-miss.ts"
import { readOptions } from "./option-checks.ts"
import { pathMistake, pathShape } from "./path.ts"

/** An instance of the container, and where it came from. */
export interface Candidate {
  readonly module: string
  readonly name: string
  readonly instance: unknown
}

/** A gateway that was found; what it said of itself at that moment. */
export interface FoundGateway {
  readonly name: string
  readonly module: string
  readonly path: string
  readonly gateway: Gateway
  /** A copy of its own options. */
  readonly own: GatewayOptions
}

/** A gateway with its options as they are in force (rule G20d). */
export interface GatewayEntry extends Omit<FoundGateway, "own"> {
  readonly options: EffectiveOptions
}

type Report = (kind: StartupProblem["kind"], message: string, fix: string) => void

/**
 * Finds the gateways among instances, by what they are (rule G1a), and what keeps any from being served (G1b, G2a). An
 * instance whose members cannot be read is none, and no mistake: it may be anything.
 */
export function discoverGateways(candidates: readonly Candidate[]): {
  readonly gateways: readonly FoundGateway[]
  readonly problems: readonly StartupProblem[]
} {
  const gateways: FoundGateway[] = []
  const problems: StartupProblem[] = []
  const owners = new Map<string, string>()
  const seen = new Set<unknown>()
  for (const { module, name, instance } of candidates) {
    if (typeof instance !== "object" || instance === null || seen.has(instance)) continue
    seen.add(instance)
    const report: Report = (kind, message, fix) => {
      problems.push({ kind, module, chain: [name], message, fix })
    }
    const face = new Face(instance)
    const misses = nearMisses(face)
    for (const { what, fix } of misses) report("not-a-gateway", `${name} looks like a gateway, but ${what}.`, fix)
    const path = face.read("path")
    if (typeof path !== "string" || !path.startsWith("/") || typeof face.read("onMessage") !== "function") continue
    const own = ownOptions(name, face, report)
    const isOwner = ownsPath(name, path, owners, report)
    if (isOwner && misses.length === 0) gateways.push({ name, module, path, gateway: instance as Gateway, own })
  }
  return { gateways, problems }
}

function ownOptions(name: string, face: Face, report: Report): GatewayOptions {
  const given = face.read("options")
  const failure = face.failureOf("options")
  if (failure !== undefined) {
    report("bad-option", `${name}.options cannot be read: ${showValue(failure.error)}.`, "Make options a plain object.")
  }
  const { options, mistakes } = readOptions(given)
  for (const { what, fix } of mistakes) report("bad-option", `${name}.options: ${what}.`, fix)
  return options
}

/** Makes the gateway of this name the owner of a path, unless the path is illegal or has one. */
function ownsPath(name: string, path: string, owners: Map<string, string>, report: Report): boolean {
  const mistake = pathMistake(path)
  if (mistake !== undefined) {
    report("bad-path", `${name} has the path ${showValue(path)}: ${mistake}.`, 'Write it like "/rooms/:room".')
    return false
  }
  const shape = pathShape(path)
  const owner = owners.get(shape)
  if (owner === undefined) owners.set(shape, name)
  else
    report("duplicate-path", `${name} and ${owner} both own the path ${path}.`, "Give each gateway a path of its own.")
  return owner === undefined
}
