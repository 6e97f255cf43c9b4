import { expect, test } from "vitest"
import { WsMessage } from "../../message/ws-message.ts"
import { Opcode } from "../../protocol/opcode.ts"
import { frameInPlace, noteHeadRoom } from "./head-room.ts"
import { SharedFrames } from "./shared-frames.ts"
import { WriteQueue } from "./write-queue.ts"

/** Bytes of which each differs from its neighbours. */
function bytesOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index % 251)
}

/** A payload of so many bytes that lies behind the head of a client's frame, as it was read. */
function arrived(length: number): Uint8Array {
  const head = length < 65_536 ? 8 : 14
  const memory = new Uint8Array(head + length).fill(0xee)
  memory.set(bytesOf(length), head)
  const payload = memory.subarray(head)
  noteHeadRoom(payload)
  return payload
}

/** What a queue writes for these frames: how many pieces, and their bytes. */
function written(...pushes: ((queue: WriteQueue) => void)[]): { pieces: number; bytes: Buffer } {
  const pieces: Uint8Array[] = []
  const queue = new WriteQueue()
  for (const push of pushes) push(queue)
  queue.writeTo({
    write: (bytes: Uint8Array) => pieces.push(Buffer.from(bytes)),
    cork() {},
    uncork() {},
    writableLength: 0,
  } as never)
  return { pieces: pieces.length, bytes: Buffer.concat(pieces) }
}

function plainFrame(opcode: number, length: number): Buffer {
  return written((queue) => queue.pushFrame(opcode, bytesOf(length))).bytes
}

test.each([16_384, 65_535, 65_536, 100_000])(
  "RFC6455 5.2 a message of %i bytes is passed on where it lies, with the head that any other way gives it",
  (length) => {
    const payload = arrived(length)
    const { pieces, bytes } = written((queue) => queue.pushFrame(Opcode.binary, payload))
    expect(pieces).toBe(1)
    expect(bytes.equals(plainFrame(Opcode.binary, length))).toBe(true)
    expect(Buffer.compare(payload, bytesOf(length))).toBe(0)
  },
)

test("a message that goes out as binary and as text, while the first may still be on its way, has two heads", () => {
  const payload = arrived(20_000)
  const first = frameInPlace(Opcode.binary, payload)
  const second = written((queue) => queue.pushFrame(Opcode.text, payload))
  expect(second.pieces).toBe(2)
  expect(second.bytes.equals(plainFrame(Opcode.text, 20_000))).toBe(true)
  expect(Buffer.from(first as Uint8Array).equals(plainFrame(Opcode.binary, 20_000))).toBe(true)
})

test("to many a message that came in goes out where it lies, too", () => {
  const message = WsMessage.binary(arrived(30_000))
  const run = new SharedFrames().frameOf(message, undefined)
  expect(run.bytes.buffer).toBe(message.asBinary()?.buffer)
  expect(Buffer.from(run.bytes).equals(plainFrame(Opcode.binary, 30_000))).toBe(true)
})

test("nobody writes before a payload that was made by a gateway, or that is small", () => {
  expect(frameInPlace(Opcode.binary, new Uint8Array(20_000).subarray(8))).toBeUndefined()
  expect(frameInPlace(Opcode.binary, arrived(16_383))).toBeUndefined()
  const payload = arrived(20_000)
  expect(frameInPlace(Opcode.binary, payload.subarray(10))).toBeUndefined()
})

test("frames that wait together keep their order, whether they lie where they came or not", () => {
  const small = bytesOf(5)
  const { bytes } = written(
    (queue) => queue.pushFrame(Opcode.binary, small),
    (queue) => queue.pushFrame(Opcode.binary, arrived(16_384)),
    (queue) => queue.pushFrame(Opcode.binary, small),
  )
  const [short, long] = [5, 16_384].map((length) => plainFrame(Opcode.binary, length))
  expect(bytes.equals(Buffer.concat([short, long, short] as Buffer[]))).toBe(true)
})
