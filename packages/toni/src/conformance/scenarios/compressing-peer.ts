import { constants, deflateRawSync } from "node:zlib"
import type { TestClient } from "../../adapter/memory/test-client.ts"
import type { WsClient } from "../../connection/ws-client.ts"
import type { DisconnectReason } from "../../message/disconnect-reason.ts"
import type { WsMessage } from "../../message/ws-message.ts"
import { ok } from "../expect.ts"
import { gate, type Served } from "../scenario.ts"
import type { TcpClient } from "../tcp-client.ts"

const offer = { headers: { "sec-websocket-extensions": "permessage-deflate; client_max_window_bits" } }
/** The first reserved bit, as `frame` takes it: the message is compressed (RFC 7692 section 6). */
export const rsv1 = 4

/** A gateway that sends back what it gets, and tells why its client left. */
export function echo(): {
  path: string
  onMessage(client: WsClient, message: WsMessage): Promise<boolean>
  onDisconnect(client: WsClient, reason: DisconnectReason): void
  reason: Promise<DisconnectReason>
} {
  const left = gate<DisconnectReason>()
  return {
    path: "/echo",
    onMessage: (client, message) => client.send(message),
    onDisconnect: (_client, reason) => left.open(reason),
    reason: left.promise,
  }
}

/** A message as RFC 7692 section 7.2.1 compresses it. */
export function deflated(data: string | Uint8Array): Buffer {
  return deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}

/** Connects to the echo with an offer of permessage-deflate. */
export async function connectTcp(
  { connect }: Served,
  handshake: Parameters<Served["connect"]>[1] = offer,
): Promise<TcpClient> {
  const client: TestClient = await connect("/echo", handshake)
  ok("frame" in client, "an adapter that compresses has peers who speak in frames")
  return client as TcpClient
}
