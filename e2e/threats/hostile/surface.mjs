// What the package exports, found out from its package.json and from what it really answers, never from a list.
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const { name, exports } = JSON.parse(
  readFileSync(fileURLToPath(new URL("../../../packages/toni/package.json", import.meta.url)), "utf8"),
)

/** Every entry point: its short name (`""`, `/node`, …), and what it exports. */
export async function entryPoints() {
  const found = []
  for (const entry of Object.keys(exports)) {
    if (entry.endsWith(".json")) continue
    const short = entry.slice(1)
    found.push([short, await import(name + short)])
  }
  return found
}

/**
 * Everything that can be called: `/node.NodeHttpAdapter` (with `new`), `.WsMessage.text` (static),
 * `.Hub#publish` (of an instance), `.ToniFactory.create` (of an object). What is the same in two entry points
 * counts once.
 */
export async function publicCalls() {
  const calls = new Map()
  const seen = new Set()
  for (const [entry, exported] of await entryPoints()) {
    for (const [key, value] of Object.entries(exported)) {
      if (seen.has(value)) continue
      if (typeof value === "function" || typeof value === "object") seen.add(value)
      const path = `${entry}.${key}`
      if (isClass(value)) {
        calls.set(path, { construct: value })
        for (const [member, call] of functionsOf(value)) calls.set(`${path}.${member}`, { call, on: value })
        for (const [member] of functionsOf(value.prototype)) calls.set(`${path}#${member}`, { member })
      } else if (typeof value === "function") {
        calls.set(path, { call: value })
      } else if (typeof value === "object" && !Array.isArray(value)) {
        for (const [member, call] of functionsOf(value)) calls.set(`${path}.${member}`, { call, on: value })
      }
    }
  }
  return calls
}

/** The methods of an object that is handed to a user, its prototypes included, but for those of JavaScript itself. */
export function methodsOf(object) {
  const names = new Set()
  for (let level = object; level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const [member] of functionsOf(level)) names.add(member)
  }
  return [...names].sort()
}

function functionsOf(owner) {
  return Object.entries(Object.getOwnPropertyDescriptors(owner))
    .filter(([member, { value }]) => typeof value === "function" && member !== "constructor")
    .map(([member, { value }]) => [member, value])
}

function isClass(value) {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value))
}
