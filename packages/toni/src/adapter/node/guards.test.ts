import { once } from "node:events"
import { constants, deflateRawSync } from "node:zlib"
import { expect, test } from "vitest"
import { clientFrame, opcode } from "../../conformance/frame.ts"
import { WsMessage } from "../../message/ws-message.ts"
import type { SocketEnd, SocketEvents } from "../websocket-adapter.ts"
import { NodeWebSocketAdapter } from "./node-websocket-adapter.ts"
import { open, type Opened } from "./opened-socket.ts"

// Whatever throws where no hook runs ends one socket, is told, and goes no further.

const broken = new Error("broken on purpose")
const hello = clientFrame({ opcode: opcode.text, payload: Buffer.from("hello") })
const offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n"

function breaks(): never {
  throw broken
}

/** Keeps what a socket tells of its end, in order. */
function account(): { told: unknown[]; events: Pick<SocketEvents, "failed" | "closed"> } {
  const told: unknown[] = []
  return {
    told,
    events: { failed: (error) => void told.push(error), closed: (end: SocketEnd) => void told.push(end) },
  }
}
const failedAndLost = [broken, { reason: "", error: broken }]

/** The next bytes that a peer gets. */
async function next({ peer }: Opened): Promise<Buffer> {
  const [bytes] = (await once(peer, "data")) as [Buffer]
  return bytes
}

test.each(["shared", "own"] as const)(
  "G16c what throws while a socket is read into a buffer that is %s ends that socket, and the others are served",
  async (readBuffer) => {
    const adapter = new NodeWebSocketAdapter({ readBuffer })
    const { told, events } = account()
    await using one = await open(breaks, adapter, "", events)
    await using other = await open(() => void other.socket.send(WsMessage.text("served")), adapter)
    const answer = next(other)
    one.peer.write(hello)
    other.peer.write(hello)
    await one.closed
    expect(told).toEqual(failedAndLost)
    expect(one.socket.isOpen).toBe(false)
    expect((await answer).subarray(2).toString()).toBe("served")
  },
)

test("G16c what throws while a socket is read on, turns later, ends that socket, and those behind it are served", async () => {
  const adapter = new NodeWebSocketAdapter()
  const { told, events } = account()
  const bomb = deflateRawSync(Buffer.alloc(1_048_576), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
  const frame = clientFrame({ opcode: opcode.binary, rsv: 4, payload: bomb })
  let count = 0
  await using one = await open(() => ++count === 2 && breaks(), adapter, offer, events)
  let served = (): void => undefined
  const all = new Promise<void>((resolve) => (served = resolve))
  let missing = 3
  await using other = await open(() => --missing === 0 && served(), adapter, offer)
  const frames = Buffer.concat([frame, frame, frame])
  one.peer.write(frames)
  other.peer.write(frames)
  await Promise.all([one.closed, all])
  expect([told, count]).toEqual([failedAndLost, 2])
  expect(other.socket.isOpen).toBe(true)
})

test("G16c what throws while a turn is flushed ends that socket, and those behind it are flushed", async () => {
  const adapter = new NodeWebSocketAdapter()
  const { told, events } = account()
  let isBroken = false
  await using one = await open(undefined, adapter, "", { ...events, writable: () => isBroken && breaks() })
  await using other = await open(undefined, adapter)
  isBroken = true
  const answer = next(other)
  one.socket.send(WsMessage.text("first"))
  other.socket.send(WsMessage.text("second"))
  expect((await answer).subarray(2).toString()).toBe("second")
  await one.closed
  expect(told).toEqual(failedAndLost)
})

test("G16c what a stream throws when it is written to never reaches the core's call, and is told once the socket is gone", async () => {
  const { told, events } = account()
  await using one = await open(undefined, undefined, "", events)
  one.below.write = breaks
  one.socket.send(WsMessage.text("never"))
  one.socket.flush()
  expect([one.socket.isOpen, told]).toEqual([false, []])
  await one.closed
  expect(told).toEqual(failedAndLost)
})

test("G16c a message that cannot be framed ends its socket, and the core's call returns", async () => {
  const { told, events } = account()
  await using one = await open(undefined, undefined, "", events)
  const hostile = {
    kind: "text",
    get payload() {
      return breaks()
    },
    byteLength: 1,
  } as unknown as WsMessage
  expect(one.socket.send(hostile)).toBe(0)
  await one.closed
  expect(told).toEqual(failedAndLost)
})

test("G16c what throws when the kernel has taken a write at last ends that socket", async () => {
  const { told, events } = account()
  let isBroken = false
  await using one = await open(undefined, undefined, "", { ...events, writable: () => isBroken && breaks() })
  one.peer.pause()
  one.socket.send(WsMessage.binary(new Uint8Array(32 * 1_048_576)))
  one.socket.flush()
  expect(one.socket.pendingBytes).toBeGreaterThan(0)
  isBroken = true
  one.peer.resume()
  await one.closed
  expect(told).toEqual(failedAndLost)
})

test("G16c what throws at the peer's FIN ends that socket", async () => {
  const { told, events } = account()
  await using one = await open(undefined, undefined, "", events)
  const { destroy } = one.below
  one.below.destroy = () => {
    one.below.destroy = destroy
    return breaks()
  }
  one.peer.end()
  await one.closed
  expect(told).toEqual(failedAndLost)
})

test("G16c what throws at the end of a socket is told after it", async () => {
  const { told, events } = account()
  const failed = new Promise<void>((resolve) => {
    events.failed = (error) => {
      told.push(error)
      resolve()
    }
  })
  await using one = await open(undefined, undefined, "", { ...events, closed: breaks })
  one.socket.terminate()
  await failed
  expect(told).toEqual([broken])
})

test("RFC6455 5.5.1 our Close is written to its end, behind all that was sent, though the peer's FIN comes first", async () => {
  await using one = await open()
  one.peer.pause()
  const length = 16 * 1_048_576
  one.socket.send(WsMessage.binary(new Uint8Array(length)))
  one.socket.flush()
  expect(one.socket.pendingBytes).toBeGreaterThan(0)
  const ended = once(one.below, "end")
  one.peer.end(clientFrame({ opcode: 3 }))
  await ended
  let received = 0
  let last = Buffer.alloc(0)
  one.peer.on("data", (bytes: Buffer) => {
    received += bytes.length
    last = Buffer.concat([last, bytes]).subarray(-4)
  })
  one.peer.resume()
  await once(one.peer, "end")
  expect(received).toBe(10 + length + 4)
  expect([...last]).toEqual([0x88, 2, 1_002 >> 8, 1_002 & 0xff])
})
