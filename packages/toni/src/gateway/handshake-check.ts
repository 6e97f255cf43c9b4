import type { Refusal, UpgradeRequest } from "../adapter/websocket-adapter.ts"
import type { OpeningHeaders } from "./opening-headers.ts"
import { listItems } from "./token-list.ts"

/** Sixteen bytes in base64. */
const key = /^[+/0-9A-Za-z]{21}[AQgw]==$/

/** How long a client should wait before it tries again, in seconds, where we know no better. */
export const retryAfter: readonly [name: string, value: string] = ["Retry-After", "5"]

/** A refusal with a plain-text body. */
export function refusal(status: number, body: string, headers: readonly (readonly [string, string])[] = []): Refusal {
  return { status, headers, body }
}

/** What is wrong with an opening handshake, as RFC 6455 section 4.2.1 has it (rule G5a); `undefined` when nothing is. */
export function handshakeFault({ method, httpVersion }: UpgradeRequest, headers: OpeningHeaders): Refusal | undefined {
  if (method !== "GET") return refusal(405, "A WebSocket handshake is a GET request.", [["Allow", "GET"]])
  if (Number(httpVersion) < 1.1) return refusal(400, "A WebSocket handshake needs HTTP/1.1.")
  if (headers.repeated !== undefined) return refusal(400, `The header ${headers.repeated} may come only once.`)
  if (!headers.host) return refusal(400, "The header Host is missing.")
  if (!listed(headers.upgrade, "websocket")) return refusal(400, "The header Upgrade must name websocket.")
  if (!listed(headers.connection, "upgrade")) return refusal(400, "The header Connection must name Upgrade.")
  if (headers.version === undefined) return refusal(400, "The header Sec-WebSocket-Version is missing.")
  if (headers.version !== "13") {
    return refusal(426, "Only version 13 of the WebSocket protocol is spoken here.", [["Sec-WebSocket-Version", "13"]])
  }
  if (!key.test(headers.key ?? "")) {
    return refusal(400, "The header Sec-WebSocket-Key must be 16 bytes in base64.")
  }
  if (headers.transferEncoding !== undefined || Number(headers.contentLength ?? "0") !== 0) {
    return refusal(400, "A WebSocket handshake has no body.")
  }
  if (headers.offered === undefined) return refusal(400, "The header Sec-WebSocket-Protocol is malformed.")
  return undefined
}

function listed(value: string | undefined, name: string): boolean {
  if (value === undefined) return false
  return value.toLowerCase() === name || listItems(value).some((item) => item.toLowerCase() === name)
}
