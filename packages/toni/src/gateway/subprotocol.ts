import { isToken } from "./token-list.ts"
import type { OptionMistake } from "./option-mistake.ts"

/** The subprotocol of our own client SDK. Who offers it learns of a rejection by close code (rule G7b). */
export const toniProtocol = "toni"
/** Behind it, in base64url, stands a credential: the one header that a browser can set (rule G10b). */
const bearerPrefix = "toni.bearer."
/** Strict: a credential that is not UTF-8 is none, rather than one with replacement characters. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Answered is the gateway's first that the client offered, else `toni` when it was offered, else none (rule G10a). */
export function chooseProtocol(spoken: readonly string[], offered: readonly string[]): string | undefined {
  if (offered.length === 0) return undefined
  return [...spoken, toniProtocol].find((protocol) => !isCredential(protocol) && offered.includes(protocol))
}

export function isCredential(protocol: string): boolean {
  return protocol.startsWith(bearerPrefix)
}

/** The credential of the `Authorization` header, or of the offered subprotocols (rule G10b). */
export function readBearer(authorization: string | null, offered: readonly string[]): string | undefined {
  const header = /^Bearer +([^\s,]+) *$/i.exec(authorization ?? "")?.[1]
  return header ?? decodeBase64Url(offered.find(isCredential)?.slice(bearerPrefix.length))
}

function decodeBase64Url(text: string | undefined): string | undefined {
  if (text === undefined || !/^[\w-]+$/.test(text)) return undefined
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"))
    return decoder.decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)))
  } catch {
    return undefined
  }
}

/** Checks the option `protocols`. */
export function checkProtocols(value: unknown): OptionMistake | undefined {
  if (Array.isArray(value) && value.every((name) => typeof name === "string" && isToken(name) && !isCredential(name))) {
    return undefined
  }
  return {
    what: "takes a list of subprotocol names, each a token of RFC 9110 section 5.6.2 that is no credential",
    fix: 'Write names without spaces and commas, such as ["chat.v2", "chat.v1"].',
  }
}
