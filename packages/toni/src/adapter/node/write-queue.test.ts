import type { Socket } from "node:net"
import fc from "fast-check"
import { expect, test } from "vitest"
import { WsMessage } from "../../message/ws-message.ts"
import { SharedFrames } from "./shared-frames.ts"
import { WriteQueue } from "./write-queue.ts"
import { heldBytes } from "./held-bytes.ts"

/** A socket whose kernel takes everything, or nothing for now: then it goes on reading what it was given. */
class Taker {
  isStuck = false
  writableLength = 0
  readonly written: number[] = []
  readonly #kept: { readonly bytes: Uint8Array; readonly copy: Uint8Array }[] = []

  write(bytes: Uint8Array): boolean {
    this.written.push(...bytes)
    if (!this.isStuck) return true
    this.writableLength += bytes.length
    this.#kept.push({ bytes, copy: Uint8Array.from(bytes) })
    return false
  }

  cork(): void {}
  uncork(): void {}

  /** What it has not taken is still what it was when it was given. */
  get isIntact(): boolean {
    return this.#kept.every(({ bytes, copy }) => Buffer.compare(bytes, copy) === 0)
  }

  get socket(): Socket {
    return this as unknown as Socket
  }
}

/** The frame of a text of ASCII, as servers send it. */
function frameOf(text: string): number[] {
  const { length } = text
  const head = length < 126 ? [length] : length < 65_536 ? [126, length >> 8, length & 255] : undefined
  if (head === undefined) throw new Error("too long for this test")
  return [0x81, ...head, ...Buffer.from(text)]
}

const sizes = fc.oneof(fc.constantFrom(0, 1, 125, 126, 1_000, 16_383, 16_384, 20_000), fc.nat(300))
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("own" as const), queue: fc.nat(2), size: sizes }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("publish" as const), except: fc.nat(6), size: sizes }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("write" as const), queue: fc.nat(2), stuck: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("next turn" as const) }) },
)

test("what was pushed is written in its order, whatever others share and do, and stays what it was until it is taken", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const shared = new SharedFrames()
      const queues = [0, 1, 2].map(() => ({ queue: new WriteQueue(), taker: new Taker(), wanted: [] as number[] }))
      /** Lengths before and behind each push, with the frame between them: nothing is left of their sum. */
      const counted: number[] = []
      let letter = 0
      for (const next of steps) {
        const fill = String.fromCharCode(97 + (letter++ % 26))
        if (next.do === "next turn") shared.forget()
        else if (next.do === "write") {
          const { queue, taker } = queues[next.queue] as (typeof queues)[number]
          taker.isStuck = next.stuck
          taker.writableLength = 0
          if (queue.byteLength > 0) queue.writeTo(taker.socket)
        } else {
          const text = fill.repeat(next.size)
          const message = WsMessage.text(text)
          queues.forEach(({ queue, wanted }, index) => {
            if (next.do === "own" ? index !== next.queue : index === next.except) return
            counted.push(queue.byteLength)
            if (next.do === "own") queue.push(message)
            else queue.pushShared(shared.frameOf(message, undefined))
            const frame = frameOf(text)
            wanted.push(...frame)
            counted.push(frame.length - queue.byteLength)
          })
        }
      }
      expect(counted.reduce((sum, length) => sum + length, 0)).toBe(0)
      for (const { queue, taker, wanted } of queues) {
        taker.isStuck = false
        taker.writableLength = 0
        if (queue.byteLength > 0) queue.writeTo(taker.socket)
        expect(Buffer.from(taker.written).equals(Buffer.from(wanted))).toBe(true)
        expect(taker.isIntact).toBe(true)
      }
    }),
    { numRuns: 100 },
  )
})

test("H4 followers who were sent the same frames write the same bytes, joined once", () => {
  const shared = new SharedFrames()
  const queues = [new WriteQueue(), new WriteQueue()]
  for (const text of ["one", "two", "three"]) {
    const message = WsMessage.text(text)
    for (const queue of queues) queue.pushShared(shared.frameOf(message, undefined))
  }
  const written: Uint8Array[] = []
  const socket = { writableLength: 0, write: (bytes: Uint8Array) => written.push(bytes) } as unknown as Socket
  for (const queue of queues) queue.writeTo(socket)
  expect(written).toHaveLength(2)
  expect(written[0]).toBe(written[1])
  expect([...(written[0] as Uint8Array)]).toEqual(["one", "two", "three"].flatMap(frameOf))
})

test("what a socket alone sends in a turn is one write, and the next turn uses the same memory", () => {
  const queue = new WriteQueue()
  const memory = new Set<ArrayBufferLike>()
  const lengths: number[] = []
  const socket = {
    writableLength: 0,
    write: ({ buffer, byteOffset, length }: Uint8Array) => {
      memory.add(buffer)
      lengths.push(length)
      offsets.add(byteOffset)
    },
  } as unknown as Socket
  const offsets = new Set<number>()
  for (let turn = 0; turn < 5; turn++) {
    for (let count = 0; count < 20; count++) queue.push(WsMessage.text("a".repeat(100)))
    queue.writeTo(socket)
  }
  expect(lengths).toEqual([2_040, 2_040, 2_040, 2_040, 2_040])
  expect([memory.size, offsets.size]).toEqual([1, 1])
})

test("G20a a follower that is behind keeps what waits for it, not what others were written meanwhile", async () => {
  const shared = new SharedFrames()
  const socket = { writableLength: 0, write: () => true } as unknown as Socket
  const queues = Array.from({ length: 101 }, () => new WriteQueue())
  const before = await heldBytes()
  for (const [index, queue] of queues.entries()) {
    if (queue === queues.at(-1)) break
    const run = shared.frameOf(WsMessage.text("x".repeat(4_096)), undefined)
    for (const each of queues.slice(index)) each.pushShared(run)
    queue.writeTo(socket)
  }
  shared.forget()
  const waiting = (queues.at(-1) as WriteQueue).byteLength
  expect(waiting).toBe(100 * 4_100)
  expect((await heldBytes()) - before).toBeLessThan(3 * waiting)
})
