import type { IncomingMessage } from "node:http"
import { ToniError } from "../../errors.ts"
import { showValue } from "../../show-value.ts"
import { requestOf } from "../request-of.ts"
import type { UpgradeRequest } from "../websocket-adapter.ts"

/** Where our request keeps Node's. A property, since a weak map costs the garbage collector microseconds a connection. */
const message: unique symbol = Symbol("Node's request")

/** Our request of Node's. */
export function upgradeRequest(request: IncomingMessage, remoteAddress: string): UpgradeRequest {
  const { method, url, httpVersion, rawHeaders } = request
  const ours: UpgradeRequest & { readonly [message]: IncomingMessage } = {
    method: method as string,
    target: url as string,
    httpVersion,
    rawHeaders,
    remoteAddress,
    [message]: request,
  }
  return ours
}

/**
 * Node's own request of a handshake, for middleware that reads it (sessions, passports), and for what only the socket
 * knows, such as the certificate of a TLS client. `undefined` where the server is none of Node's, as in memory. What is
 * no handshake throws `TONI_BAD_ARGUMENT`.
 *
 * The answer is not the request's to give: a middleware that writes one writes it nowhere.
 */
export function nodeRequest(handshake: object): IncomingMessage | undefined {
  const request = requestOf(handshake)
  if (request !== undefined) return (request as { readonly [message]?: IncomingMessage })[message]
  throw new ToniError("TONI_BAD_ARGUMENT", `nodeRequest() takes a handshake; got ${showValue(handshake)}.`, {
    fix: "Call it in onHandshake, with the handshake that the hook was given; keep what you need as metadata.",
  })
}
