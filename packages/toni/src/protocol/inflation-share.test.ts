import { isUtf8 } from "node:buffer"
import { constants, deflateRawSync } from "node:zlib"
import { expect, test } from "vitest"
import { zlibDeflater } from "../adapter/node/zlib-deflater.ts"
import { clientFrame, closeFrame, opcode, type FrameFields } from "../conformance/frame.ts"
import { FrameDecoder, type FrameSink } from "./frame-decoder.ts"
import { InflationBudget } from "./inflation-budget.ts"

// A message of a thousand bytes can inflate to a mebibyte, and 64 of them come in one read.

/** What a decoder tells of these frames in one piece: the lengths of messages, codes of Closes, and pings. */
function decoding(...frames: readonly Uint8Array[]) {
  const inflation = new InflationBudget()
  const seen: unknown[] = []
  const sink: FrameSink = {
    receivedMessage: (data) => void seen.push(data.length),
    receivedPing: () => void seen.push("ping"),
    receivedPong: () => undefined,
    receivedClose: ({ code }) => void seen.push({ close: code }),
    receivedFault: ({ code }) => void seen.push({ fault: code }),
  }
  const limits = { maxPayload: 1_048_576, maxFragments: 16 }
  const decoder = new FrameDecoder(sink, { ...limits, isUtf8, deflater: zlibDeflater, inflation })
  decoder.read(Uint8Array.from(Buffer.concat(frames)))
  /** Reads on in the next turn. */
  const readOn = (): void => {
    inflation.renew()
    decoder.readOn()
  }
  return { decoder, seen, inflation, readOn }
}

function compressed(length: number, fields: Partial<FrameFields> = {}): Uint8Array {
  const bytes = deflateRawSync(new Uint8Array(length), { finishFlush: constants.Z_SYNC_FLUSH })
  return clientFrame({ opcode: opcode.binary, rsv: 4, payload: bytes.subarray(0, -4), ...fields })
}

const ping = clientFrame({ opcode: opcode.ping })
const big = compressed(300_000)

test("behind a message that has inflated to much the next compressed one waits, and what follows it, until it is read on", () => {
  const { decoder, seen, readOn } = decoding(big, ping, big, ping, big, closeFrame(4_000))
  expect([seen, decoder.isWaiting]).toEqual([[300_000, "ping"], true])
  readOn()
  expect([seen, decoder.isWaiting]).toEqual([[300_000, "ping", 300_000, "ping"], true])
  readOn()
  expect([seen, decoder.isWaiting]).toEqual([[300_000, "ping", 300_000, "ping", 300_000, { close: 4_000 }], false])
})

test("who reads on while all is used up by others waits on, and loses nothing", () => {
  const { decoder, seen, inflation, readOn } = decoding(big, big)
  inflation.spend(1_000_000)
  decoder.readOn()
  expect([seen, decoder.isWaiting]).toEqual([[300_000], true])
  readOn()
  expect([seen, decoder.isWaiting]).toEqual([[300_000, 300_000], false])
})

test("a frame that was cut waits like any other when it is whole, with nothing behind it", () => {
  const { decoder, seen, readOn } = decoding(big, Buffer.from(big).subarray(0, 7))
  expect([seen, decoder.isWaiting]).toEqual([[300_000], false])
  decoder.read(Uint8Array.from(Buffer.from(big).subarray(7)))
  expect([seen, decoder.isWaiting]).toEqual([[300_000], true])
  readOn()
  expect([seen, decoder.isWaiting]).toEqual([[300_000, 300_000], false])
})

test("a message that would have inflated to more than is allowed has cost as much as that", () => {
  const { inflation, seen } = decoding(compressed(2_000_000))
  expect([seen, inflation.isSpent]).toEqual([[{ fault: 1009 }], true])
})

test("while it is held nothing is decoded but the frame in hand; then all that has come, in order", () => {
  const { decoder, seen } = decoding()
  const one = clientFrame({ opcode: opcode.binary, payload: new Uint8Array(1) })
  decoder.isHeld = true
  decoder.read(Uint8Array.from(Buffer.concat([one, ping, one, closeFrame(4_000)])))
  expect([seen, decoder.isWaiting]).toEqual([[], true])
  decoder.isHeld = false
  decoder.readOn()
  expect([seen, decoder.isWaiting]).toEqual([[1, "ping", 1, { close: 4_000 }], false])
})

test("messages that inflate to little are many before the rest waits, but not without end", () => {
  const { decoder, seen, readOn } = decoding(...Array<Uint8Array>(1_000).fill(compressed(10)))
  expect(decoder.isWaiting).toBe(true)
  expect(seen.length).toBeGreaterThan(100)
  expect(seen.length).toBeLessThan(200)
  while (decoder.isWaiting) readOn()
  expect(seen).toEqual(Array(1_000).fill(10))
})

test("what is not compressed does not wait, however much it is", () => {
  const { decoder, seen } = decoding(
    ...Array<Uint8Array>(40).fill(clientFrame({ opcode: opcode.binary, payload: new Uint8Array(10_000) })),
  )
  expect([seen.length, decoder.isWaiting]).toEqual([40, false])
})

test("a compressed message in fragments counts as well", () => {
  const [first, second] = [compressed(300_000, { fin: false }), clientFrame({ opcode: opcode.continuation })]
  const { decoder, seen } = decoding(first, second, ping, first, ping, second)
  expect([seen, decoder.isWaiting]).toEqual([[300_000, "ping", "ping"], true])
})

test("a frame that is cut by the end of what has waited is put together with what comes next", () => {
  const next = Buffer.from(compressed(20))
  const { decoder, seen, readOn } = decoding(big, next.subarray(0, 4))
  readOn()
  expect([seen, decoder.isWaiting]).toEqual([[300_000], false])
  decoder.read(Uint8Array.from(next.subarray(4)))
  expect(seen).toEqual([300_000, 20])
})

test("what waits is forgotten when the decoder is stopped", () => {
  const { decoder, seen, readOn } = decoding(big, big)
  decoder.stop()
  expect(decoder.isWaiting).toBe(false)
  readOn()
  expect(seen).toEqual([300_000])
})
