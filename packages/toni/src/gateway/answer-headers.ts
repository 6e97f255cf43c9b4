import { ToniError } from "../errors.ts"
import { showValue } from "../show-value.ts"
import type { HeaderList } from "./handshake-record.ts"
import { isToken } from "./token-list.ts"

/** Headers that belong to the answer itself. */
const reserved = /^(?:connection|upgrade|content-length|transfer-encoding|sec-websocket-.*)$/i
/**
 * Characters that may not stand in the value of a header: those that split headers, and those beyond ASCII, which every
 * reader decodes in another way (RFC 9110 section 5.5).
 */
const forbidden = /[^\t\u0020-\u007e]/

/**
 * The headers of an answer as a list, a copy: what is sent later is what was checked now. One that cannot be sent, or is
 * not the gateway's to set, throws `TONI_BAD_ARGUMENT`.
 */
export function checkedHeaders(headers: unknown): HeaderList {
  if (headers === undefined) return []
  try {
    return pairsOf(headers).flatMap(([name, value]) => {
      return (Array.isArray(value) ? value : [value]).map((each: unknown) => checkedHeader(name, each))
    })
  } catch (cause) {
    if (cause instanceof ToniError) throw cause
    throw new ToniError("TONI_BAD_ARGUMENT", `The headers of the answer cannot be read: ${showValue(cause)}.`, {
      cause,
    })
  }
}

function pairsOf(headers: unknown): readonly (readonly [name: unknown, value: unknown])[] {
  const isObject = typeof headers === "object" && headers !== null
  if (!isObject) throw notHeaders(headers)
  if (!(Symbol.iterator in headers)) return Object.entries(headers)
  return Array.from(headers as Iterable<unknown>, (pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) throw notHeaders(headers)
    return pair as [unknown, unknown]
  })
}

function notHeaders(headers: unknown): ToniError {
  return new ToniError("TONI_BAD_ARGUMENT", `${showValue(headers)} is no set of headers.`, {
    fix: 'Pass an object such as { "Set-Cookie": "a=1" }, a Headers, or pairs of name and value.',
  })
}

function checkedHeader(name: unknown, value: unknown): HeaderList[number] {
  const bad = (why: string, fix: string): ToniError =>
    new ToniError("TONI_BAD_ARGUMENT", `${showValue(name)} cannot be a header of the answer: ${why}.`, { fix })
  if (typeof name !== "string" || !isToken(name)) {
    throw bad("it is no name of a header", "Write a name of letters, digits and hyphens.")
  }
  if (reserved.test(name)) {
    throw bad("it belongs to the answer itself", "Leave it out; a subprotocol is chosen with accept({ protocol }).")
  }
  if (typeof value !== "string") throw bad(`its value is ${showValue(value)}`, "Pass a string, or a list of strings.")
  if (forbidden.test(value)) {
    throw bad(
      "its value has characters that a header cannot carry",
      "Encode the value, with encodeURIComponent() for example: printable ASCII is sent as it is.",
    )
  }
  return [name, value]
}
