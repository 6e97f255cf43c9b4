import type { Refusal, UpgradeRequest } from "../adapter/websocket-adapter.ts"
import type { HeaderView } from "./header-view.ts"
import { listItems, parseTokens } from "./token-list.ts"

/** Headers that mean something to us and therefore may come only once. */
const single = ["host", "origin", "upgrade", "sec-websocket-key", "sec-websocket-version"]
/** Sixteen bytes in base64. */
const key = /^[+/0-9A-Za-z]{21}[AQgw]==$/

/** A refusal with a plain-text body. */
export function refusal(status: number, body: string, headers: readonly (readonly [string, string])[] = []): Refusal {
  return { status, headers, body }
}

/** What is wrong with an opening handshake, as RFC 6455 section 4.2.1 has it (rule G5a); `undefined` when nothing is. */
export function handshakeFault({ method, httpVersion }: UpgradeRequest, headers: HeaderView): Refusal | undefined {
  if (method !== "GET") return refusal(405, "A WebSocket handshake is a GET request.", [["Allow", "GET"]])
  if (Number(httpVersion) < 1.1) return refusal(400, "A WebSocket handshake needs HTTP/1.1.")
  const repeated = single.find((name) => headers.getAll(name).length > 1)
  if (repeated !== undefined) return refusal(400, `The header ${repeated} may come only once.`)
  if (!headers.get("host")) return refusal(400, "The header Host is missing.")
  if (headers.get("upgrade")?.toLowerCase() !== "websocket") {
    return refusal(400, "The header Upgrade must be websocket, and nothing else.")
  }
  if (!listed(headers.get("connection"), "upgrade")) return refusal(400, "The header Connection must name Upgrade.")
  if (!headers.has("sec-websocket-version")) return refusal(400, "The header Sec-WebSocket-Version is missing.")
  if (headers.get("sec-websocket-version") !== "13") {
    return refusal(426, "Only version 13 of the WebSocket protocol is spoken here.", [["Sec-WebSocket-Version", "13"]])
  }
  if (!key.test(headers.get("sec-websocket-key") ?? "")) {
    return refusal(400, "The header Sec-WebSocket-Key must be 16 bytes in base64.")
  }
  if (headers.has("transfer-encoding") || Number(headers.get("content-length") ?? "0") !== 0) {
    return refusal(400, "A WebSocket handshake has no body.")
  }
  const protocols = headers.get("sec-websocket-protocol")
  if (protocols !== null && parseTokens(protocols) === undefined) {
    return refusal(400, "The header Sec-WebSocket-Protocol is malformed.")
  }
  return undefined
}

function listed(value: string | null, name: string): boolean {
  return listItems(value ?? "").some((item) => item.toLowerCase() === name)
}
