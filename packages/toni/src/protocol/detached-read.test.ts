import { isUtf8 } from "node:buffer"
import { constants, deflateRawSync } from "node:zlib"
import { expect, test } from "vitest"
import { detach } from "../adapter/node/detach.ts"
import { zlibDeflater } from "../adapter/node/zlib-deflater.ts"
import { clientFrame, opcode } from "../conformance/frame.ts"
import { FrameDecoder } from "./frame-decoder.ts"
import { InflationBudget } from "./inflation-budget.ts"

// Messages are views into what was read, and whoever gets one can take its memory away from the others.

/** A decoder that tells of messages and faults, and of the memory that it was told to keep. */
function decoding(received: (data: Uint8Array) => void) {
  const seen: unknown[] = []
  const kept: ArrayBufferLike[] = []
  const nothing = (): void => undefined
  const sink = {
    receivedMessage: received,
    receivedPing: nothing,
    receivedPong: nothing,
    receivedClose: nothing,
    receivedFault: (fault: unknown) => void seen.push(fault),
  }
  const keep = (memory: ArrayBufferLike): void => void kept.push(memory)
  const limits = { maxPayload: 1_048_576, maxFragments: 16 }
  const inflation = new InflationBudget()
  const settings = { ...limits, isUtf8, keep, deflater: zlibDeflater, inflation }
  return { decoder: new FrameDecoder(sink, settings), seen, kept }
}

const small = clientFrame({ opcode: opcode.binary, payload: Uint8Array.of(1, 2, 3) })
const bomb = clientFrame({
  opcode: opcode.binary,
  rsv: 4,
  payload: deflateRawSync(new Uint8Array(1_000_000), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4),
})
const piece = (...frames: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(frames))

test("memory that several messages lie in is told of before the first of them is given away, and once", () => {
  const { decoder, kept } = decoding(() => expect(kept).toHaveLength(1))
  const read = piece(small, small, small)
  decoder.read(read)
  expect(kept).toEqual([read.buffer])
})

test("memory that one message has to itself is its own", () => {
  const { decoder, kept } = decoding(() => undefined)
  decoder.read(piece(small))
  const [cut, rest] = [piece(small).subarray(0, 5), piece(small).subarray(5)]
  decoder.read(cut)
  decoder.read(rest)
  expect(kept).toEqual([])
})

test("what is taken away while others lie in it is no mistake of the peer: it throws", () => {
  const read = piece(small, small)
  const { decoder, seen } = decoding(() => detach(read.buffer))
  expect(() => decoder.read(read)).toThrow("was transferred")
  expect(seen).toEqual([])
})

test("so does what is taken away while it waits to be inflated", () => {
  const read = piece(bomb, bomb)
  const { decoder, seen } = decoding(() => undefined)
  decoder.read(read)
  expect(decoder.isWaiting).toBe(true)
  detach(read.buffer)
  expect(() => decoder.readOn()).toThrow("was transferred")
  expect(seen).toEqual([])
})
