import { once } from "node:events"
import { createServer } from "node:http"
import { connect, type AddressInfo, type Socket } from "node:net"
import { MessageChannel } from "node:worker_threads"
import { deflateRawSync, constants } from "node:zlib"
import { expect, test } from "vitest"
import { clientFrame, closeFrame, FrameReader, opcode, type ServerFrame } from "../../conformance/frame.ts"
import { gate } from "../../conformance/scenario.ts"
import { WsMessage } from "../../message/ws-message.ts"
import type { AdapterSocket, SocketEnd, SocketEvents, UpgradeDoor } from "../websocket-adapter.ts"
import { WsWebSocketAdapter } from "./ws-websocket-adapter.ts"

const { text, binary, ping, close, pong } = opcode
const broken = new Error("broken on purpose")
const fail = (): never => {
  throw broken
}

/** A frame of 1 MiB of zeros, in about 1 KiB. */
const zeros = deflateRawSync(Buffer.alloc(1_048_576), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
const bomb = clientFrame({ opcode: binary, rsv: 4, payload: zeros })

// ── what throws where nobody would catch it ────────────────────────────────────────────────────────────────────────

test.each<[name: keyof SocketEvents, bytes: Uint8Array]>([
  ["message", clientFrame({ opcode: text, payload: "hello" })],
  ["message", bomb],
  ["violation", clientFrame({ opcode: 3 })],
])("G16c what throws in %s ends this socket with the error, and is told", async (name, bytes) => {
  await using opened = await openWsSocket({ [name]: fail })
  opened.peer.write(bytes)
  await opened.ended
  expect([opened.failures, opened.ends]).toEqual([[broken], [{ reason: "", error: broken }]])
})

test("G16c what throws when written bytes are told of ends this socket with the error", async () => {
  await using opened = await openWsSocket({ writable: fail })
  opened.socket.send(WsMessage.text("hello"))
  await opened.ended
  expect([opened.failures, opened.ends]).toEqual([[broken], [{ reason: "", error: broken }]])
})

test("G16c what throws while the end is told is told itself, and the end is told once", async () => {
  await using opened = await openWsSocket({ closed: fail })
  opened.peer.end(closeFrame(4000, "bye"))
  await opened.ended
  expect([opened.failures, opened.ends]).toEqual([[broken], [{ code: 4000, reason: "bye" }]])
})

test("G16c what throws in failed as well is nobody's", async () => {
  await using opened = await openWsSocket({ message: fail, failed: fail })
  opened.peer.write(clientFrame({ opcode: text, payload: "hello" }))
  await opened.ended
  expect(opened.ends).toEqual([{ reason: "", error: broken }])
})

test.each(["data", "end", "close"])("G16c what the library throws on %s of a socket ends this one", async (event) => {
  await using opened = await openWsSocket()
  // The library's own listener is wrapped; what it wraps is replaced below the catch by way of what it calls.
  const receiver = libraryOf(opened.below)._receiver
  receiver.write = fail
  receiver.end = fail
  opened.peer.write(clientFrame({ opcode: text, payload: "hello" }))
  if (event === "end") opened.peer.end()
  if (event === "close") opened.below.destroy()
  await opened.ended
  expect(opened.failures[0]).toBe(broken)
  expect(opened.ends).toEqual([{ reason: "", error: broken }])
})

test("G16c a message whose bytes were given away before it was sent ends the socket, and not who sends", async () => {
  await using opened = await openWsSocket()
  const bytes = new Uint8Array(8)
  const message = WsMessage.binary(bytes)
  structuredClone(bytes, { transfer: [bytes.buffer] })
  opened.socket.send(message)
  await opened.ended
  expect(opened.failures).toEqual([expect.any(TypeError)])
})

test("G13a G16c nothing is heard behind a mistake, though more of it was there while the library inflated", async () => {
  const seen: unknown[] = []
  await using opened = await openWsSocket({
    message: (data, isText) => void seen.push(isText ? Buffer.from(data as Uint8Array).toString() : data.length),
    violation: ({ code }) => void seen.push(code),
  })
  // What it is given while it inflates the library takes afterwards in one go, past the mistake and into nowhere.
  const badText = clientFrame({ opcode: text, payload: Uint8Array.of(0xff) })
  const behind = clientFrame({ opcode: text, payload: "behind" })
  for (const piece of [Buffer.from(bomb), badText, behind]) opened.below.push(piece)
  const frame = await opened.nextFrame()
  expect([frame.opcode, frame.payload.readUInt16BE(0)]).toEqual([close, 1007])
  expect([seen, opened.failures]).toEqual([[1_048_576, 1007], []])
})

// ── what a message holds ───────────────────────────────────────────────────────────────────────────────────────────

test("G12c a small message that is kept holds its own bytes alone", async () => {
  const kept: Uint8Array[] = []
  await using opened = await openWsSocket({ message: (data) => void kept.push(data as Uint8Array) })
  const many = Array.from({ length: 1_000 }, () => clientFrame({ opcode: binary, payload: "x" }))
  opened.peer.write(Buffer.concat([...many, clientFrame({ opcode: ping })]))
  await opened.nextFrame()
  expect(kept).toHaveLength(1_000)
  expect(kept.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)).toBe(1_000)
})

test("G16c giving a message to a worker takes nothing from those behind it", async () => {
  const [seen, refusals] = [[] as number[], [] as string[]]
  const { port1, port2 } = new MessageChannel()
  await using opened = await openWsSocket({
    message(data) {
      const bytes = data as Uint8Array<ArrayBuffer>
      seen.push(bytes.length)
      try {
        port1.postMessage(bytes, [bytes.buffer])
      } catch (error) {
        // New versions of Node refuse to transfer what is marked; older ones copy it.
        refusals.push((error as Error).name)
      }
    },
  })
  const sizes = [10, 40_000, 20, 20_000]
  opened.peer.write(Buffer.concat(sizes.map((size) => clientFrame({ opcode: binary, payload: Buffer.alloc(size) }))))
  opened.peer.write(clientFrame({ opcode: ping }))
  await opened.nextFrame()
  port1.close()
  port2.close()
  expect([seen, opened.failures]).toEqual([sizes, []])
  expect(refusals.filter((name) => name !== "DataCloneError")).toEqual([])
})

// ── inflation ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Pauses with the first message, and has as many more waiting in what was read by then. */
async function pausedWithBombs(count: number) {
  const sizes: number[] = []
  const first = gate<void>()
  const opened = await openWsSocket({
    message(data) {
      sizes.push(data.length)
      if (sizes.length === 1) opened.socket.pause()
      first.open()
    },
  })
  opened.peer.write(Buffer.concat(Array<Buffer>(count).fill(bomb)))
  await first.promise
  // An inflation that was under way would end before another one that is asked for now.
  for (let round = 0; round < 3; round++) await new Promise<void>((done) => setImmediate(done))
  return { opened, sizes }
}

test("G12c while it is paused nothing is inflated, and afterwards nothing is missing", async () => {
  const { opened, sizes } = await pausedWithBombs(20)
  await using _ = opened
  opened.peer.write(clientFrame({ opcode: ping, payload: "behind" }))
  expect(sizes).toEqual([1_048_576])
  opened.socket.resume()
  expect((await opened.nextFrame()).opcode).toBe(pong)
  expect(sizes).toEqual(Array<number>(20).fill(1_048_576))
})

test("G13a a socket that breaks while it is paused ends, and what was held is not inflated", async () => {
  const { opened, sizes } = await pausedWithBombs(20)
  await using _ = opened
  opened.below.destroy()
  await opened.ended
  expect([opened.ends, opened.failures, sizes.length]).toEqual([[{ reason: "" }], [], 1])
})

test("G13b terminate while it is paused ends, and what was held is not inflated", async () => {
  const { opened, sizes } = await pausedWithBombs(20)
  await using _ = opened
  opened.socket.terminate()
  opened.socket.resume()
  await opened.ended
  expect([opened.ends, opened.failures, sizes.length]).toEqual([[{ reason: "" }], [], 1])
})

test("G13b close while it is paused reads on to the peer's Close, and inflates nothing on the way", async () => {
  const { opened, sizes } = await pausedWithBombs(20)
  await using _ = opened
  opened.socket.close(4000, "enough")
  const answer = await opened.nextFrame()
  expect([answer.opcode, answer.payload.readUInt16BE(0)]).toEqual([close, 4000])
  opened.peer.write(closeFrame(4000))
  await once(opened.peer, "end")
  opened.peer.end()
  await opened.ended
  expect([opened.ends, opened.failures]).toEqual([[{ code: 4000, reason: "" }], []])
  expect(sizes.slice(1).reduce((sum, size) => sum + size, 0)).toBe(0)
})

// ── pings ──────────────────────────────────────────────────────────────────────────────────────────────────────────

test("G12d ten pings in one write get ten pongs", async () => {
  await using opened = await openWsSocket()
  const payloads = Array.from({ length: 10 }, (_, index) => `ping ${index}`)
  opened.peer.write(Buffer.concat(payloads.map((payload) => clientFrame({ opcode: ping, payload }))))
  const answers: string[] = []
  while (answers.length < 10) answers.push((await opened.nextFrame()).payload.toString())
  expect(answers).toEqual(payloads)
})

interface OpenedWsSocket extends AsyncDisposable {
  readonly socket: AdapterSocket
  /** Node's own, below it. */
  readonly below: Socket
  readonly peer: Socket
  /** What `closed` was told, each time. */
  readonly ends: readonly SocketEnd[]
  readonly failures: readonly unknown[]
  readonly ended: Promise<void>
  /** Resolves with the next frame of the server. */
  nextFrame(): Promise<ServerFrame>
}

/** For tests: a connection on the `ws` adapter, compressing, without the core above it. */
async function openWsSocket(events: Partial<SocketEvents> = {}): Promise<OpenedWsSocket> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const [ends, failures] = [[] as SocketEnd[], [] as unknown[]]
  const accepting = gate<AdapterSocket>()
  const ending = gate<void>()
  const all: SocketEvents = {
    message: () => undefined,
    writable: () => undefined,
    violation: () => undefined,
    ...events,
    failed(error) {
      failures.push(error)
      events.failed?.(error)
    },
    closed(end) {
      ends.push(end)
      ending.open()
      events.closed?.(end)
    },
  }
  const door: UpgradeDoor = {
    owns: () => true,
    failed: (error) => void failures.push(error),
    upgrade(pending) {
      const limits = { maxPayload: 1_048_576, maxFragments: 4, compression: { threshold: 1 } }
      accepting.open(pending.accept({ protocol: undefined, headers: [], limits }, all) as AdapterSocket)
    },
  }
  const detach = new WsWebSocketAdapter().attach(server, door)
  const connection = once(server, "connection")
  const peer = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true })
  peer.on("error", () => undefined)
  peer.write(
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
      "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
  )
  await once(peer, "data")
  const reader = new FrameReader()
  const frames: ServerFrame[] = []
  let wake = (): void => undefined
  peer.on("data", (bytes: Buffer) => {
    frames.push(...reader.read(bytes))
    wake()
  })
  const [below] = (await connection) as [Socket]
  return {
    socket: await accepting.promise,
    below,
    peer,
    ends,
    failures,
    ended: ending.promise,
    async nextFrame() {
      while (frames.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      return frames.shift() as ServerFrame
    },
    async [Symbol.asyncDispose]() {
      peer.destroy()
      await ending.promise
      detach()
      server.close()
    },
  }
}

interface Library {
  readonly _receiver: { write: () => unknown; end: () => unknown }
}

/** The library's own object, which it keeps on the socket. */
function libraryOf(below: object): Library {
  const key = Object.getOwnPropertySymbols(below).find(({ description }) => description === "websocket")
  return (below as Record<symbol, unknown>)[key as symbol] as Library
}
