import { ToniError } from "../errors.ts"
import { showValue } from "../show-value.ts"
import { isThenable, whenSettled } from "../user-code.ts"
import type { OptionMistake } from "./option-mistake.ts"

/**
 * From which pages browsers may connect: the page's own origin must be the server's (`"same-origin"`), may be any, is
 * listed, or is judged by a function, which answers at once. Requests without `Origin` do not come from browsers and
 * pass. Pages that have no address of their own send `null` or, from files, `file://`: they are foreign unless a list or
 * a function says otherwise (rule G8a).
 */
export type OriginPolicy = "same-origin" | "any" | readonly string[] | ((origin: string, host: string) => boolean)

/** Names of hosts have 253 characters at most; scheme and port come on top. */
const longestOrigin = 300

/** Checks the option `origins`. */
export function checkOrigins(value: unknown): OptionMistake | undefined {
  if (value === "same-origin" || value === "any") return undefined
  if (typeof value === "function") {
    if (Object.prototype.toString.call(value) !== "[object AsyncFunction]") return undefined
    return {
      what: "takes a function that answers at once, not an async one",
      fix: 'Load what it needs beforehand, in onModuleInit; or write origins: "any" and decide in onHandshake.',
    }
  }
  const what = 'takes "same-origin", "any", a list like ["https://example.com"], or a function'
  if (typeof value === "string") {
    return { what, fix: `Write a list: origins: [${JSON.stringify(usualForm(value) ?? "https://example.com")}].` }
  }
  if (!Array.isArray(value)) return { what, fix: 'Write a list of origins: origins: ["https://example.com"].' }
  const wrong = value.findIndex((item) => typeof item !== "string" || serialise(item) === undefined)
  return wrong < 0 ? undefined : { what, fix: itemFix(value[wrong]) }
}

function itemFix(item: unknown): string {
  if (typeof item !== "string") return 'List strings, such as "https://example.com".'
  if (item.includes("*"))
    return "List every origin, or write a function (origin, host) => boolean: there are no wildcards."
  const meant = usualForm(item)
  const usual = "Write scheme and host, and nothing behind them"
  return meant === undefined ? `${usual}, such as "https://example.com".` : `${usual}: ${JSON.stringify(meant)}.`
}

/** What somebody may have meant who wrote an origin without its scheme, or with something behind it. */
function usualForm(text: string): string | undefined {
  const url = text.includes("://") ? text : `https://${text}`
  if (!/^https?:\/\/[\w.:[\]-]+(?:\/|$)/i.test(url) || !URL.canParse(url)) return undefined
  return new URL(url).origin
}

/**
 * Whether a page of `origin` may connect to the server that the client calls `host` (rules G8a and G8b). Throws what a
 * function throws; one that answers a promise throws `TONI_BAD_OPTION`.
 */
export function isAllowedOrigin(policy: OriginPolicy, origin: string, host: string): boolean {
  if (policy === "any") return true
  const exact = readOrigin(origin)
  if (exact === undefined) return false
  if (typeof policy === "function") return asked(policy, exact, host)
  if (policy === "same-origin") return isSameHost(exact, host)
  return policy.some((allowed) => serialise(allowed) === exact)
}

function asked(policy: (origin: string, host: string) => unknown, origin: string, host: string): boolean {
  const answer = policy(origin, host)
  if (!isThenable(answer)) return answer === true
  // Nobody waits for it; what it rejects with must not get further.
  whenSettled(answer, undefined, () => undefined)
  throw new ToniError("TONI_BAD_OPTION", "The function of the option origins answered a promise.", {
    fix: 'Answer true or false at once; or write origins: "any" and decide in onHandshake, which may be async.',
  })
}

/** Why an origin was refused, and what would let it in, for the log. */
export function foreignOrigin(policy: OriginPolicy, origin: string, host: string): string {
  const setting = typeof policy === "function" ? "a function" : JSON.stringify(policy)
  const facts = `Origin ${showValue(origin)} is foreign to Host ${showValue(host)}; origins: ${setting}.`
  const exact = readOrigin(origin)
  if (exact === undefined || exact.length > longestOrigin) return `${facts} Browsers send no such origin.`
  if (typeof policy === "function") return `${facts} To let it in, have the function answer true.`
  const list = [...(typeof policy === "string" ? [] : policy), exact]
  return `${facts} To let it in, write origins: [${list.map((each) => JSON.stringify(each)).join(", ")}]`
}

/**
 * The origin that a header names, or `undefined`. Browsers write it in one form alone; what only becomes that form by
 * a URL parser's kindness (encoded or full-width letters, numbers for addresses) comes from somebody else.
 */
function readOrigin(header: string): string | undefined {
  const exact = serialise(header)
  return exact !== undefined && withoutPort(exact) === withoutPort(header.toLowerCase()) ? exact : undefined
}

/** An origin as browsers write it, or `undefined`: a path behind it or a wildcard make it none. */
function serialise(origin: string): string | undefined {
  // Pages without an origin of their own: sandboxed frames, and files in Electron and Cordova.
  if (origin === "null" || origin === "file://") return origin
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#@\\\s*]+$/i.test(origin) || !URL.canParse(origin)) return undefined
  const { protocol, host } = new URL(origin)
  return `${protocol}//${host}`
}

/**
 * Compares host and port of a page of the web; `http` or `https` and default ports do not count, because TLS may end in
 * front of us. Other schemes, as apps have them, are foreign.
 */
function isSameHost(origin: string, host: string): boolean {
  if (!/^https?:\/\//.test(origin)) return false
  const { host: theirs } = new URL(origin)
  const ours = host.toLowerCase()
  return theirs === ours || theirs === withoutPort(ours)
}

/** Without a port that is the default of `http` or `https`. */
function withoutPort(host: string): string {
  return host.replace(/:(?:80|443)$/, "")
}
