/** What is wrong with a path pattern, or `undefined`: segments are static or `:param`, each name once (rule G4). */
export function pathMistake(path: string): string | undefined {
  if (!path.startsWith("/")) return "a path starts with /"
  if (path === "/") return undefined
  const segments = segmentsOf(path)
  const wrong = segments.find((segment) => !/^(?::[A-Za-z_]\w*|[\w\-.~!$&'+,;=@%]+)$/.test(segment))
  if (wrong === "") return "a path has no empty segments"
  if (wrong !== undefined) return `the segment ${JSON.stringify(wrong)} is neither plain text nor :param`
  if (segments.some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))) return "a path has no . or .. segments"
  const params = segments.filter((segment) => segment.startsWith(":"))
  const twice = params.find((param, index) => params.indexOf(param) !== index)
  return twice === undefined ? undefined : `${twice} stands there twice`
}

/** The same for all patterns that match the same paths: parameters lose their names, the trailing slash goes. */
export function pathShape(path: string): string {
  return `/${segmentsOf(path)
    .map((segment) => (segment.startsWith(":") ? ":" : segment))
    .join("/")}`
}

function segmentsOf(path: string): readonly string[] {
  return path.replace(/\/$/, "").slice(1).split("/")
}

/** A request target, taken apart: `path` as it was sent, `query` without the question mark. */
export interface Target {
  readonly path: string
  readonly query: string
  /** Of a target in absolute form: it goes before the header `Host` (RFC 9112 section 3.2.2). */
  readonly host?: string
}

/**
 * Takes a request target apart that is in origin form or absolute form (RFC 9112 sections 3.2.1 and 3.2.2); everything
 * else is `undefined`.
 */
export function parseTarget(target: string): Target | undefined {
  if (target.includes("#")) return undefined
  if (target.startsWith("/")) return split(target)
  // Proxies and clients that speak to one write the whole address; none of them puts a user in it.
  const [, host, rest = ""] = /^(?:http|ws)s?:\/\/([^/?@\\\s]+)([/?].*)?$/is.exec(target) ?? []
  if (host === undefined) return undefined
  return { ...split(rest.startsWith("/") ? rest : `/${rest}`), host }
}

function split(target: string): Target {
  const question = target.indexOf("?")
  if (question < 0) return { path: target, query: "" }
  return { path: target.slice(0, question), query: target.slice(question + 1) }
}

/**
 * Decodes parameters; `undefined` when one is not well encoded, holds a NUL, or is a dot segment: URL parsers resolve
 * those away, so whoever is in front of us saw another path.
 */
export function decodeParams(raw: Readonly<Record<string, string>> | undefined): Record<string, string> | undefined {
  if (raw === undefined) return noParams
  const params: Record<string, string> = Object.create(null) as Record<string, string>
  for (const [name, value] of Object.entries(raw)) {
    try {
      params[name] = decodeURIComponent(value)
    } catch {
      return undefined
    }
    if (/^\.{1,2}$|\0/.test(params[name])) return undefined
  }
  return params
}

/** What all clients of a path without parameters share. */
const noParams: Record<string, string> = Object.freeze(Object.create(null) as Record<string, string>)
