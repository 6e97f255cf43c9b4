import { deepEqual, equal, ok } from "../expect.ts"
import { clientFrame } from "../frame.ts"
import { scenario, type Scenario } from "../scenario.ts"
import type { TcpClient } from "../tcp-client.ts"
import { connectTcp, deflated, echo, rsv1 } from "./compressing-peer.ts"

/** A compressed message in frames of so many bytes. */
function sendFragments(peer: TcpClient, payload: Buffer, size: number): void {
  for (let start = 0; start < payload.byteLength; start += size) {
    peer.frame({
      opcode: start === 0 ? 2 : 0,
      rsv: start === 0 ? rsv1 : 0,
      fin: start + size >= payload.byteLength,
      payload: payload.subarray(start, start + size),
    })
  }
}

/** RFC 7692: compressed messages that are too long, malformed or cut off. */
export const compressionAttacks: readonly Scenario[] = [
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
    "compression counts maxPayload on the inflated message in fragments too, however small they are",
    async ({ serve }) => {
      const gateway = echo()
      const served = await serve(gateway, { defaults: { compression: { threshold: 1_000_000 }, maxPayload: 100_000 } })
      const peer = await connectTcp(served)
      sendFragments(peer, deflated(new Uint8Array(100_000)), 10)
      equal((await peer.nextMessage()).byteLength, 100_000)
      sendFragments(peer, deflated(new Uint8Array(100_001)), 10)
      equal((await peer.closed).code, 1009)
      deepEqual(await gateway.reason, { kind: "limit", limit: "maxPayload", code: 1009 })
    },
    "compression",
  ),
  scenario(
    "G20a",
    "compression is said of a message by its first frame alone: RSV1 anywhere else closes with 1002",
    async ({ serve }) => {
      const payload = deflated("in two pieces")
      const beginning = { opcode: 1, rsv: rsv1, fin: false, payload: payload.subarray(0, 5) }
      for (const frames of [
        [beginning, { opcode: 0, rsv: rsv1, payload: payload.subarray(5) }],
        [{ opcode: 9, rsv: rsv1, payload: "ping" }],
        [{ opcode: 1, rsv: rsv1 | 1, payload }],
      ]) {
        const gateway = echo()
        const peer = await connectTcp(await serve(gateway, { defaults: { compression: true } }))
        for (const frame of frames) peer.frame(frame)
        equal((await peer.closed).code, 1002)
        equal((await gateway.reason).kind, "protocol-error")
      }
    },
    "compression",
  ),
  scenario(
    "G20a",
    "compression that a reset cuts off, within a message or right behind one, is a loss like any other",
    async ({ serve }) => {
      const whole = clientFrame({ opcode: 2, rsv: rsv1, payload: deflated(new Uint8Array(500_000)) })
      for (const bytes of [whole.subarray(0, -1), whole]) {
        const gateway = echo()
        const served = await serve(gateway, { defaults: { compression: true } })
        const [leaving, staying] = [await connectTcp(served), await connectTcp(served)]
        leaving.frame({ opcode: 9 })
        await leaving.nextControl()
        leaving.write(bytes)
        leaving.reset()
        equal((await gateway.reason).kind, "lost")
        staying.frame({ opcode: 1, payload: "still here" })
        equal(await staying.nextText(), "still here")
        deepEqual(served.errors, [])
      }
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
