import { showValue } from "../show-value.ts"
import type { Face } from "./face.ts"
import { differsByCase, isClose } from "../spelling.ts"

/** What keeps an instance from being the gateway that it seems to be, and what to do. */
export interface NearMiss {
  /** A clause: "it has no path". */
  readonly what: string
  readonly fix: string
}

const hookNames = ["onHandshake", "onConnect", "onMessage", "onDisconnect"] as const

/** Members that toni looks for, by name. */
const hooks: readonly string[] = [...hookNames, "onToken"]
const otherMembers: readonly string[] = ["on", "use", "useFor", "options", "contract", "path"]
/** The hooks of Nest's gateways, and what they are called here. */
const nestHooks: ReadonlyMap<string, string> = new Map([
  ["handleConnection", "onConnect"],
  ["handleDisconnect", "onDisconnect"],
  ["afterInit", "onModuleInit"],
])

/** What an instance lacks that was meant to be a gateway (rule G1b); empty when it is one, or is something else. */
export function nearMisses(face: Face): readonly NearMiss[] {
  const path = face.read("path")
  const has = hookNames.filter((hook) => typeof face.read(hook) === "function")
  const hasPath = typeof path === "string" && (path.startsWith("/") || has.includes("onMessage"))
  if (!hasPath && has.length === 0) return []
  if (face.answersEverything) return []
  const wrong = hasPath ? [...badHooks(face), ...misnamed(face, has.includes("onMessage"))] : misnamedPath(face)
  if (wrong.length > 0) return wrong
  const lack = missing(path, has)
  return lack === undefined ? [] : [lack]
}

function badHooks(face: Face): readonly NearMiss[] {
  return hookNames.flatMap((hook) => {
    const value = face.read(hook)
    const failure = face.failureOf(hook)
    if (failure !== undefined) {
      return { what: `its ${hook} cannot be read: ${showValue(failure.error)}`, fix: `Make ${hook} a method.` }
    }
    if (value === undefined || typeof value === "function") return []
    return { what: `its ${hook} is ${showValue(value)}`, fix: `Make ${hook} a method, or remove it.` }
  })
}

/** Members that nobody calls because of their names. */
function misnamed(face: Face, isGateway: boolean): readonly NearMiss[] {
  return [...face.names].flatMap((name) => {
    if (hooks.includes(name) || otherMembers.includes(name)) return []
    const other = isGateway ? otherMembers.find((member) => differsByCase(name, member)) : undefined
    if (other !== undefined) return { what: `nobody reads its ${name}`, fix: `Rename ${name} to ${other}.` }
    if (typeof face.read(name) !== "function") return []
    const hook = hooks.find((each) => isClose(name, each))
    if (hook !== undefined) return { what: `nobody calls its ${name}`, fix: `Rename ${name} to ${hook}.` }
    // People who have onMessage often hand on to a method of this name.
    const theirs = nestHooks.get(name) ?? (name === "handleMessage" && !isGateway ? "onMessage" : undefined)
    if (theirs === undefined) return []
    return { what: `nobody calls its ${name}, a name of NestJS`, fix: `Rename ${name} to ${theirs}.` }
  })
}

function misnamedPath(face: Face): readonly NearMiss[] {
  if (face.read("path") !== undefined || typeof face.read("onMessage") !== "function") return []
  const name = [...face.names].find((each) => differsByCase(each, "path") && typeof face.read(each) === "string")
  return name === undefined ? [] : [{ what: `nobody reads its ${name}`, fix: `Rename ${name} to path.` }]
}

function missing(path: unknown, has: readonly (typeof hookNames)[number][]): NearMiss | undefined {
  if (has.length === 0) return undefined
  if (typeof path === "string" && has.includes("onMessage")) {
    if (path.startsWith("/")) return undefined
    // Of a whole address, the path is what the client asks for.
    const address = /^[a-z][a-z+.-]*:\/\/[^/]*/i
    const rest = address.test(path) ? path.replace(address, "") : path
    return {
      what: `its path ${showValue(path)} does not start with /`,
      fix: `Write path = ${showValue(rest.startsWith("/") ? rest : `/${rest}`)}.`,
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
  const what = path === undefined ? "it has no path" : `its path is ${showValue(path)}, not a string`
  return { what: `${what}, though it has ${has.join(" and ")}`, fix: 'Add readonly path = "/…".' }
}
