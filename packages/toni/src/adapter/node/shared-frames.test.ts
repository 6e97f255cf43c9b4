import { expect, test } from "vitest"
import { WsMessage } from "../../message/ws-message.ts"
import { Deflate } from "./deflate.ts"
import { noteHeadRoom } from "./head-room.ts"
import { FrameRun, SharedFrames } from "./shared-frames.ts"
import { zlibDeflater } from "./zlib-deflater.ts"

const bytesOf = (run: FrameRun | undefined): number[] => [...(run?.bytes ?? [])]
const frame = (byte: number): FrameRun => new FrameRun(Uint8Array.of(byte, byte))

test("a run is the frames in their order, as one", () => {
  const run = frame(1).with(frame(2))?.with(frame(3))
  expect([bytesOf(run), run?.byteLength]).toEqual([[1, 1, 2, 2, 3, 3], 6])
})

test("who is sent the same frames is at the same run, and all write the same bytes", () => {
  const [first, second] = [frame(1), frame(2)]
  const [one, other] = [first.with(second), first.with(second)]
  expect(one).toBe(other)
  expect(one?.bytes).toBe(other?.bytes)
})

test("who is sent something else leaves the run that others go along", () => {
  const first = frame(1)
  expect(first.with(frame(2))).toBeDefined()
  expect(first.with(frame(3))).toBeUndefined()
  expect(bytesOf(first)).toEqual([1, 1])
})

test("whatever was joined on the way, the bytes are the same", () => {
  const [first, second, third] = [frame(1), frame(2), frame(3)]
  const two = first.with(second) as FrameRun
  expect(bytesOf(two)).toEqual([1, 1, 2, 2])
  const three = two.with(third)
  expect([bytesOf(three), bytesOf(two), bytesOf(first)]).toEqual([
    [1, 1, 2, 2, 3, 3],
    [1, 1, 2, 2],
    [1, 1],
  ])
})

test("the frame of a message is made once, until another message is sent or all is forgotten", () => {
  const frames = new SharedFrames()
  const [one, two] = [WsMessage.text("one"), WsMessage.text("two")]
  const first = frames.frameOf(one, undefined)
  expect(frames.frameOf(one, undefined)).toBe(first)
  expect(bytesOf(frames.frameOf(two, undefined))).toEqual([0x81, 3, ...Buffer.from("two")])
  const again = frames.frameOf(one, undefined)
  expect(again).not.toBe(first)
  expect(bytesOf(again)).toEqual(bytesOf(first))
  frames.forget()
  expect(frames.frameOf(one, undefined)).not.toBe(again)
})

test("a compressed frame is made once for each window, beside the plain one, and goes with its message", () => {
  const frames = new SharedFrames()
  const deflates = [9, 9, 15].map((windowBits) => new Deflate(zlibDeflater, { answer: "", windowBits }, 1))
  const message = WsMessage.text("a".repeat(1_000))
  const [small, same, large] = deflates.map((deflate) => frames.frameOf(message, deflate))
  const plain = frames.frameOf(message, undefined)
  expect(same).toBe(small)
  expect(new Set([small, large, plain]).size).toBe(3)
  expect([small, large, plain].map((run) => bytesOf(run)[0])).toEqual([0xc1, 0xc1, 0x81])
  frames.frameOf(WsMessage.text("other"), undefined)
  expect(frames.frameOf(message, deflates[0])).not.toBe(small)
})

test("a big message that is passed on shares the memory in which it came, and can be transferred by nobody", () => {
  const memory = new Uint8Array(16 + 20_000).fill(7)
  const payload = memory.subarray(16)
  noteHeadRoom(payload)
  const { bytes } = new SharedFrames().frameOf(WsMessage.binary(payload), undefined)
  expect(bytes.buffer).toBe(memory.buffer)
  try {
    structuredClone(payload, { transfer: [memory.buffer] })
  } catch {
    // Node 24 says so; Node 20 has made a copy.
  }
  expect([payload.length, bytes.length]).toEqual([20_000, 20_004])
})
