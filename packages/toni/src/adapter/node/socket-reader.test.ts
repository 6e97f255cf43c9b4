import { constants, deflateRawSync } from "node:zlib"
import { expect, onTestFinished, test, vi } from "vitest"
import { clientFrame, opcode } from "../../conformance/frame.ts"
import { NodeWebSocketAdapter } from "./node-websocket-adapter.ts"
import { open } from "./opened-socket.ts"
import { zlibDeflater } from "./zlib-deflater.ts"

const frame = clientFrame({ opcode: opcode.binary, payload: new Uint8Array(100) })
const count = 40_000

/** Counts what comes in each turn of the event loop; resolves when all has come. */
function counting(): { message: (data: Uint8Array) => void; turns: number[]; complete: Promise<void> } {
  const turns: number[] = []
  let inTurn = 0
  let missing = count
  let tell = (): void => undefined
  const complete = new Promise<void>((resolve) => (tell = resolve))
  return {
    message() {
      if (inTurn++ === 0) {
        setImmediate(() => {
          turns.push(inTurn)
          inTurn = 0
        })
      }
      if (--missing === 0) setImmediate(tell)
    },
    turns,
    complete,
  }
}

test.each(["shared", "own"] as const)(
  "one who sends without end has a share of each turn of the event loop, read into a buffer that is %s",
  async (readBuffer) => {
    const { message, turns, complete } = counting()
    await using opened = await open(message, new NodeWebSocketAdapter({ readBuffer }))
    // The network takes megabytes of it at once, and all of that could be read at once.
    opened.peer.write(Buffer.concat(Array<Uint8Array>(count).fill(frame)))
    await complete
    expect(turns.reduce((sum, each) => sum + each)).toBe(count)
    expect(Math.max(...turns) * frame.byteLength).toBeLessThanOrEqual(2 * 65_536)
  },
)

test("a big message that comes in pieces is read without giving way for each of them", async () => {
  let tell = (): void => undefined
  const complete = new Promise<void>((resolve) => (tell = resolve))
  await using opened = await open(() => tell())
  const pause = vi.spyOn(opened.below, "pause")
  opened.peer.write(clientFrame({ opcode: opcode.binary, payload: new Uint8Array(1_048_576) }))
  await complete
  // As often as an eighth of it makes a share of 64 KiB, and once for what may lie behind it.
  expect(pause.mock.calls.length).toBeLessThanOrEqual(3)
})

test("G12c while it is paused nothing is read on, and afterwards nothing is missing", async () => {
  const { message, turns, complete } = counting()
  let wasPaused = false
  await using opened = await open((data) => {
    message(data as Uint8Array)
    if (wasPaused) return
    wasPaused = true
    opened.socket.pause()
  })
  opened.peer.write(Buffer.concat(Array<Uint8Array>(count).fill(frame)))
  // In the middle of its share it was told to pause; the turn in which it would read on goes by.
  while (turns.length === 0) await new Promise(setImmediate)
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
  expect(turns).toHaveLength(1)
  opened.socket.resume()
  await complete
  expect(turns.reduce((sum, each) => sum + each)).toBe(count)
})

test("what has not been inflated when the connection is gone is never inflated", async () => {
  const bomb = deflateRawSync(Buffer.alloc(1_048_576), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
  const inflate = vi.spyOn(zlibDeflater, "inflate")
  onTestFinished(() => inflate.mockRestore())
  await using opened = await open(
    () => opened.below.destroy(),
    new NodeWebSocketAdapter(),
    "Sec-WebSocket-Extensions: permessage-deflate\r\n",
  )
  const frames = Array<Uint8Array>(16).fill(clientFrame({ opcode: opcode.binary, rsv: 4, payload: bomb }))
  opened.peer.write(Buffer.concat(frames))
  await opened.closed
  const before = inflate.mock.calls.length
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  expect(before).toBeGreaterThan(0)
  expect(inflate).toHaveBeenCalledTimes(before)
})
