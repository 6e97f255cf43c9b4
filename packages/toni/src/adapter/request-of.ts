import type { UpgradeRequest } from "./websocket-adapter.ts"

/** The request behind each handshake that a gateway was shown, for as long as somebody holds the handshake. */
const requests = new WeakMap<object, UpgradeRequest>()

/** For the core, which makes handshakes. */
export function rememberRequest(handshake: object, request: UpgradeRequest): void {
  requests.set(handshake, request)
}

/**
 * For an adapter that offers a way from the handshake to its runtime's own request: the request that it had handed to
 * the door. `undefined` when that is no handshake.
 */
export function requestOf(handshake: object): UpgradeRequest | undefined {
  return requests.get(handshake)
}
