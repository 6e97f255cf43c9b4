/**
 * Why a connection ended, as `onDisconnect` is told. Exactly one is decisive: what happened first.
 *
 * - `client`: the peer closed; `code` is its code, 1005 when it gave none
 * - `server`: this application closed it with `code`; `terminate()` counts as 1006, which is never on the wire
 * - `expired`: `expiresAt` passed without `extend`; the wire saw 4401
 * - `shutdown`: the application drained; the wire saw `code`, 1001 or 1012
 * - `protocol-error`: the peer broke RFC 6455 or 7692; the wire saw `code`, 1002, 1003 or 1007
 * - `limit`: the peer went over a limit of the gateway; the wire saw `code`: 1009 for payloads, 1013 for an inbox
 *   over its mark where the runtime cannot stop reading, 4429 for the rate of a client that offers `toni`, else 1008
 * - `slow-consumer`: the peer does not read what it is sent; the wire saw 1013
 * - `timeout`: a heartbeat was not answered; the connection was cut
 * - `lost`: the connection ended without a Close
 */
export type DisconnectReason =
  | { readonly kind: "client"; readonly code: number; readonly reason: string }
  | { readonly kind: "server"; readonly code: number; readonly reason: string }
  | { readonly kind: "expired" }
  | { readonly kind: "shutdown"; readonly code: number }
  | { readonly kind: "protocol-error"; readonly code: number; readonly message: string }
  | { readonly kind: "limit"; readonly limit: string; readonly code: number }
  | { readonly kind: "slow-consumer"; readonly pendingBytes: number }
  | { readonly kind: "timeout" }
  | { readonly kind: "lost"; readonly error?: unknown }
