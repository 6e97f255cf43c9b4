import type { IncomingMessage } from "node:http"
import { ToniError } from "../../errors.ts"
import { showValue } from "../../show-value.ts"
import { requestOf } from "../request-of.ts"
import type { UpgradeRequest } from "../websocket-adapter.ts"

/** Node's request of each upgrade, for as long as somebody holds ours. */
const messages = new WeakMap<UpgradeRequest, IncomingMessage>()

/** For whoever makes our request of Node's. */
export function rememberMessage(request: UpgradeRequest, message: IncomingMessage): void {
  messages.set(request, message)
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
  if (request !== undefined) return messages.get(request)
  throw new ToniError("TONI_BAD_ARGUMENT", `nodeRequest() takes a handshake; got ${showValue(handshake)}.`, {
    fix: "Call it in onHandshake, with the handshake that the hook was given; keep what you need as metadata.",
  })
}
