import { randomBytes } from "node:crypto"
import { constants, inflateRawSync } from "node:zlib"
import type { WsClient } from "../../connection/ws-client.ts"
import type { WsMessage } from "../../message/ws-message.ts"
import { deepEqual, equal, ok } from "../expect.ts"
import { scenario, type Scenario } from "../scenario.ts"
import { connectTcp, deflated, echo, rsv1 } from "./compressing-peer.ts"

/** What RFC 7692 section 7.2.1 takes away from the end of a message. */
const tail = Uint8Array.of(0x00, 0x00, 0xff, 0xff)

/** Letters and digits that nothing before them resembles. */
function randomText(length: number): string {
  let [text, state] = ["", 1]
  while (text.length < length) text += (state = (state * 48_271) % 2_147_483_647).toString(36)
  return text.slice(0, length)
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
    "compression is agreed on with the first offer that can be met, whichever header has it, and keeps to its window",
    async ({ serve }) => {
      const served = await serve(echo(), { defaults: { compression: true } })
      const offers = ["x-unknown; a=b", "permessage-deflate; server_max_window_bits=10, permessage-deflate"]
      const peer = await connectTcp(served, { headers: { "sec-websocket-extensions": offers } })
      ok((peer.headers["sec-websocket-extensions"] ?? "").includes("server_max_window_bits=10"))
      const far = `${"0123456789".repeat(10)}${randomText(2_000)}`.repeat(2)
      peer.send(far)
      const { payload } = await peer.nextMessage()
      // In chunks this small zlib has no more than the window to look into.
      const window = { windowBits: 10, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 64 }
      equal(inflateRawSync(Buffer.concat([payload as Uint8Array, tail]), window).toString(), far)
    },
    "compression",
  ),
  scenario(
    "G20a G5a",
    "compression that is offered in a way nobody can read is declined, and the connection is served",
    async ({ serve }) => {
      const served = await serve(echo(), { defaults: { compression: true } })
      const odd = [
        "",
        ",",
        "permessage-deflate;",
        "permessage-deflate; =1",
        "x-ok, permessage-deflate; a=b",
        '";"',
        "()",
      ]
      const twice = "permessage-deflate; server_max_window_bits=10; server_max_window_bits=11"
      for (const offer of [...odd, twice, "permessage-deflate; client_max_window_bits=7"]) {
        const peer = await connectTcp(served, { headers: { "sec-websocket-extensions": offer } })
        equal(peer.headers["sec-websocket-extensions"], undefined, offer)
        peer.send("hello")
        equal(await peer.nextText(), "hello", offer)
      }
      deepEqual(served.app.metrics().refusals, {})
    },
    "compression",
  ),
  scenario(
    "G20a",
    "compression counts what comes out: exactly maxPayload that cannot be compressed is taken, one byte more is not",
    async ({ serve }) => {
      for (const maxPayload of [1, 100, 65_536, 200_000]) {
        const gateway = {
          ...echo(),
          onMessage: (client: WsClient, { byteLength }: WsMessage) => client.send(`${byteLength}`),
        }
        const served = await serve(gateway, { defaults: { compression: true, maxPayload } })
        const [exact, over] = [randomBytes(maxPayload), randomBytes(maxPayload + 1)]
        const peer = await connectTcp(served)
        peer.frame({ opcode: 2, rsv: rsv1, payload: deflated(exact) })
        equal(await peer.nextText(), String(maxPayload))
        peer.send(exact)
        equal(await peer.nextText(), String(maxPayload))
        peer.frame({ opcode: 2, rsv: rsv1, payload: deflated(over) })
        equal((await peer.closed).code, 1009)
        deepEqual(await gateway.reason, { kind: "limit", limit: "maxPayload", code: 1009 })
        const other = await connectTcp(served)
        other.send(over)
        equal((await other.closed).code, 1009)
      }
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
    "compression inflates stored blocks, and those that say they are final",
    async ({ serve }) => {
      const peer = await connectTcp(await serve(echo(), { defaults: { compression: { threshold: 1_000_000 } } }))
      // The examples of RFC 7692 section 7.2.3: stored, final, in two blocks.
      for (const block of ["000500faff48656c6c6f00", "f348cdc9c9070000", "f24805000000ffffcac9c90700"]) {
        peer.frame({ opcode: 1, rsv: rsv1, payload: Buffer.from(block, "hex") })
        equal(await peer.nextText(), "Hello")
      }
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
        "permessage-deflate; server_max_window_bits=7",
        'permessage-deflate; client_max_window_bits="16"',
        "permessage-deflate; server_max_window_bits=9; server_max_window_bits=10",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; toString",
        "permessage-deflate; __proto__=1",
        `permessage-deflate${"; x=y".repeat(2_000)}`,
        `x${"-unknown, x".repeat(1_000)}`,
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
]
