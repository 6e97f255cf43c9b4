import { constants, deflateRawSync } from "node:zlib"
import type { TestClient } from "../../adapter/memory/test-client.ts"
import type { WsClient } from "../../connection/ws-client.ts"
import type { DisconnectReason } from "../../message/disconnect-reason.ts"
import type { WsMessage } from "../../message/ws-message.ts"
import { deepEqual, equal, ok } from "../expect.ts"
import { gate, scenario, type Scenario, type Served } from "../scenario.ts"
import type { TcpClient } from "../tcp-client.ts"

const offer = { headers: { "sec-websocket-extensions": "permessage-deflate; client_max_window_bits" } }
const rsv1 = 4

function echo(): {
  path: string
  onMessage(client: WsClient, message: WsMessage): unknown
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
function deflated(data: string | Uint8Array): Buffer {
  return deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}

async function connectTcp(
  { connect }: Served,
  handshake: Parameters<Served["connect"]>[1] = offer,
): Promise<TcpClient> {
  const client: TestClient = await connect("/echo", handshake)
  ok("frame" in client, "an adapter that compresses has peers who speak in frames")
  return client as TcpClient
}

/** RFC 7692: compression, where a gateway asks for it. */
export const compression: readonly Scenario[] = [
  scenario(
    "G20a",
    "compression is agreed on with a peer who offers it, without context takeover, where the gateway asks for it",
    async ({ serve }) => {
      const served = await serve(echo(), { defaults: { compression: true } })
      const peer = await connectTcp(served)
      const answer = peer.headers["sec-websocket-extensions"] ?? ""
      deepEqual(answer.split(/; */).slice(0, 3).sort(), [
        "client_no_context_takeover",
        "permessage-deflate",
        "server_no_context_takeover",
      ])
    },
    "compression",
  ),
  scenario(
    "G20a",
    "compression is not agreed on by default, and a compressed frame is a protocol error then",
    async ({ serve }) => {
      const gateway = echo()
      const peer = await connectTcp(await serve(gateway))
      equal(peer.headers["sec-websocket-extensions"], undefined)
      peer.frame({ opcode: 1, rsv: rsv1, payload: deflated("hello") })
      equal((await peer.closed).code, 1002)
      equal((await gateway.reason).kind, "protocol-error")
    },
    "compression",
  ),
  scenario(
    "G20a",
    "compression inflates what comes, whole and in fragments, and leaves what is not compressed alone",
    async ({ serve }) => {
      const peer = await connectTcp(await serve(echo(), { defaults: { compression: { threshold: 1_000_000 } } }))
      peer.frame({ opcode: 1, rsv: rsv1, payload: deflated("whole") })
      equal(await peer.nextText(), "whole")
      const payload = deflated("in two pieces")
      peer.frame({ opcode: 1, rsv: rsv1, fin: false, payload: payload.subarray(0, 5) })
      peer.frame({ opcode: 0, payload: payload.subarray(5) })
      equal(await peer.nextText(), "in two pieces")
      peer.frame({ opcode: 1, payload: "as it is" })
      equal(await peer.nextText(), "as it is")
      peer.frame({ opcode: 1, rsv: rsv1, payload: Uint8Array.of(0) })
      equal(await peer.nextText(), "")
    },
    "compression",
  ),
  scenario(
    "G20a",
    "compression counts maxPayload on the inflated message: a bomb closes with 1009",
    async ({ serve }) => {
      const gateway = echo()
      const served = await serve(gateway, { defaults: { compression: true, maxPayload: 100_000 } })
      const peer = await connectTcp(served)
      peer.frame({ opcode: 2, rsv: rsv1, payload: deflated(new Uint8Array(100_000)) })
      equal((await peer.nextMessage()).byteLength > 0, true)
      peer.frame({ opcode: 2, rsv: rsv1, payload: deflated(new Uint8Array(50_000_000)) })
      equal((await peer.closed).code, 1009)
      deepEqual(await gateway.reason, { kind: "limit", limit: "maxPayload", code: 1009 })
    },
    "compression",
  ),
  scenario(
    "G20a",
    "compression of text that is not UTF-8 once it is inflated closes with 1007",
    async ({ serve }) => {
      const peer = await connectTcp(await serve(echo(), { defaults: { compression: true } }))
      peer.frame({ opcode: 1, rsv: rsv1, payload: deflated(Uint8Array.of(0xc3, 0x28)) })
      equal((await peer.closed).code, 1007)
    },
    "compression",
  ),
  scenario(
    "G20a",
    "compression that cannot be undone closes with 1002 or 1007, and other clients are served on",
    async ({ serve }) => {
      const served = await serve(echo(), { defaults: { compression: true } })
      const [bad, good] = [await connectTcp(served), await connectTcp(served)]
      bad.frame({ opcode: 2, rsv: rsv1, payload: Uint8Array.of(0xff, 0xff, 0xff, 0xff) })
      ok([1002, 1007].includes((await bad.closed).code))
      good.frame({ opcode: 1, payload: "still here" })
      equal(await good.nextText(), "still here")
    },
    "compression",
  ),
  scenario(
    "G20a",
    "compression is declined where an offer cannot be met, and the connection is served without",
    async ({ serve }) => {
      const served = await serve(echo(), { defaults: { compression: true } })
      for (const extensions of [
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; toString",
        "x-unknown",
      ]) {
        const peer = await served
          .connect("/echo", { headers: { "sec-websocket-extensions": extensions } })
          .catch((error: { status?: number }) => error.status)
        // RFC 7692 section 5.1 has a server decline; a library may as well refuse the handshake.
        if (typeof peer === "number") equal(peer, 400)
        else {
          equal(peer?.headers["sec-websocket-extensions"], undefined)
          peer?.send("plain")
          equal(await peer?.nextText(), "plain")
        }
      }
    },
    "compression",
  ),

  scenario(
    "G20a",
    "compression leaves maxPayload of what is not compressed as it is",
    async ({ serve }) => {
      const peer = await connectTcp(
        await serve(echo(), { defaults: { compression: { threshold: 1_000_000 }, maxPayload: 10_000 } }),
      )
      peer.frame({ opcode: 2, payload: new Uint8Array(10_000) })
      equal((await peer.nextMessage()).byteLength, 10_000)
      peer.frame({ opcode: 2, payload: new Uint8Array(10_001) })
      equal((await peer.closed).code, 1009)
    },
    "compression",
  ),
]
