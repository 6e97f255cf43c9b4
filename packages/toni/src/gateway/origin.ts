/**
 * From which pages browsers may connect: the page's own origin must be the server's (`"same-origin"`), may be any, is
 * listed, or is judged by a function. Requests without `Origin` do not come from browsers and pass (rule G8a).
 */
export type OriginPolicy = "same-origin" | "any" | readonly string[] | ((origin: string, host: string) => boolean)

export function checkOrigins(value: unknown): string | undefined {
  if (value === "same-origin" || value === "any" || typeof value === "function") return undefined
  const form = 'takes "same-origin", "any", a list like ["https://example.com"], or a function'
  if (!Array.isArray(value)) return form
  return value.every((item) => typeof item === "string" && serialise(item) !== undefined) ? undefined : form
}

/** Whether a page of `origin` may connect to the server that the client calls `host` (rules G8a and G8b). */
export function isAllowedOrigin(policy: OriginPolicy, origin: string, host: string): boolean {
  if (policy === "any") return true
  const exact = readOrigin(origin)
  if (exact === undefined) return false
  if (typeof policy === "function") return policy(exact, host) === true
  if (policy === "same-origin") return isSameHost(exact, host)
  return policy.some((allowed) => serialise(allowed) === exact)
}

/**
 * The origin that a header names, or `undefined`. Browsers write it in one form alone; what only becomes that form by
 * a URL parser's kindness (encoded or full-width letters, numbers for addresses) comes from somebody else.
 */
function readOrigin(header: string): string | undefined {
  const exact = serialise(header)
  return exact !== undefined && withoutPort(exact) === withoutPort(header.toLowerCase()) ? exact : undefined
}

/** An origin as browsers write it, or `undefined`: `null`, a path behind it or a wildcard make it none. */
function serialise(origin: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#@\\\s*]+$/i.test(origin) || !URL.canParse(origin)) return undefined
  const { protocol, host } = new URL(origin)
  return `${protocol}//${host}`
}

/** Compares host and port; the scheme and default ports do not count, because TLS may end in front of us. */
function isSameHost(origin: string, host: string): boolean {
  const { host: theirs } = new URL(origin)
  const ours = host.toLowerCase()
  return theirs === ours || theirs === withoutPort(ours)
}

/** Without a port that is the default of `http` or `https`. */
function withoutPort(host: string): string {
  return host.replace(/:(?:80|443)$/, "")
}
