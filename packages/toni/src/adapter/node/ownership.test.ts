import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { constants, createInflateRaw, deflateRawSync, inflateRawSync } from "node:zlib"
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest"
import { createApplication } from "../../app/toni-factory.ts"
import { clientFrame, opcode, type FrameFields } from "../../conformance/frame.ts"
import { Token } from "../../di/token.ts"
import type { Gateway } from "../../gateway/gateway.ts"
import { WsMessage } from "../../message/ws-message.ts"
import { defineModule } from "../../module/module-definition.ts"
import { InflateContext } from "./inflate-context.ts"
import { NodeHttpAdapter } from "./node-http-adapter.ts"
import { NodeWebSocketAdapter } from "./node-websocket-adapter.ts"
import { sharedReads } from "./shared-read-buffer.ts"
import { zlibDeflater } from "./zlib-deflater.ts"

// Nobody sees bytes that were not meant for him: not those of other clients, not what memory held before.

const { text, binary, continuation, ping, pong, close } = opcode

/** No byte of a payload below is this one: where it shows up, memory was sent that nobody has written to. */
const poison = 0xaa

/** Fresh memory is full of poison, instead of being zeros by chance. */
const { allocUnsafe, allocUnsafeSlow } = Buffer
beforeAll(() => {
  Buffer.allocUnsafe = (size) => allocUnsafe(size).fill(poison)
  Buffer.allocUnsafeSlow = (size) => allocUnsafeSlow(size).fill(poison)
})
afterAll(() => {
  Buffer.allocUnsafe = allocUnsafe
  Buffer.allocUnsafeSlow = allocUnsafeSlow
})

/**
 * The buffers that all connections use, one after the other: what is read goes into one, what is inflated into one.
 * (SIMD has a page besides, whose bytes are copied back at once.)
 */
function reusedBuffers(): readonly Uint8Array[] {
  const found = new Set<Uint8Array>()
  const handle = { useUserBuffer: (buffer: Uint8Array) => void found.add(buffer) }
  sharedReads(() => undefined)({ _handle: handle } as unknown as Socket)
  const inflate = createInflateRaw()
  const engine = (inflate as unknown as { _handle: { writeSync(...args: unknown[]): void } })._handle
  const write = engine.writeSync.bind(engine)
  engine.writeSync = (...args) => {
    found.add(args[4] as Uint8Array)
    write(...args)
  }
  new InflateContext(() => inflate).inflate(Buffer.of(0), 1)
  inflate.close()
  return [...found]
}
const reused = reusedBuffers()

/** In every turn of the event loop they are poisoned: whoever still has to do with them then would show it. */
let poisoning: NodeJS.Immediate | undefined
function poisonReused(): void {
  for (const buffer of reused) buffer.fill(poison)
  poisoning = setImmediate(poisonReused)
}
beforeAll(poisonReused)
afterAll(() => clearImmediate(poisoning))

/** The same numbers in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** A payload that says whose it is in every byte, and is ASCII. */
function payloadOf(owner: number, sequence: number, length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (owner * 16 + ((sequence + index) & 15)) & 0x7f))
}

const lengths = [
  0, 1, 2, 7, 31, 125, 126, 127, 300, 1_023, 1_024, 5_000, 16_383, 16_384, 16_385, 65_535, 65_536, 100_000,
]

let readBuffer: "shared" | "own"
let compresses: boolean
/** RSV1, which says that a message is compressed (RFC 7692 section 6). */
const rsv1 = 4

/** An unmasked frame, as it has to come from the server. */
const serverFrame = (fields: FrameFields): Buffer => clientFrame({ ...fields, masked: false })

/** A message, as it has to come from the server: compressed, where that was agreed on and there is something to it. */
function serverMessage(kind: number, payload: Uint8Array | string): Buffer {
  const bytes = Buffer.from(payload as string)
  return compresses && bytes.byteLength > 0
    ? serverFrame({ opcode: kind, rsv: rsv1, payload: zlibDeflater.deflate(bytes, 15) })
    : serverFrame({ opcode: kind, payload: bytes })
}

async function listen(gateway: Gateway): Promise<number> {
  const module = defineModule({
    name: "Test",
    providers: [{ provide: new Token<Gateway>("Gateway"), useValue: gateway }],
  })
  const silent = { debug() {}, info() {}, warn() {}, error() {} }
  const app = await createApplication(module, new NodeHttpAdapter(), { logger: silent })
  app.useWebSocketAdapter(new NodeWebSocketAdapter({ readBuffer }), {
    maxBackpressure: "unlimited",
    compression: compresses && { threshold: 1 },
  })
  onTestFinished(async () => void (await app.close({ timeout: 1_000 })))
  return (await app.listen(0, "127.0.0.1")).port
}

/** A connection after its handshake, whose bytes are kept as they come. */
class RawClient {
  readonly socket: Socket
  readonly #chunks: Buffer[] = []
  #length = 0
  readonly ended: Promise<Buffer>

  constructor(socket: Socket) {
    this.socket = socket
    socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk)
      this.#length += chunk.byteLength
    })
    this.ended = once(socket, "close").then(() => Buffer.concat(this.#chunks))
  }

  /** All bytes, once so many have come. */
  received(length: number): Promise<Buffer> {
    return this.until(() => this.#length >= length)
  }

  /** All bytes, once they are enough. */
  async until(isEnough: (bytes: Buffer) => boolean): Promise<Buffer> {
    for (;;) {
      const bytes = Buffer.concat(this.#chunks)
      if (isEnough(bytes)) return bytes
      this.#chunks.splice(0, Infinity, bytes)
      await once(this.socket, "data")
    }
  }
}

async function connectTo(port: number): Promise<RawClient> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true })
  onTestFinished(() => void socket.destroy())
  socket.on("error", () => undefined)
  socket.write(
    "GET /test HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
      "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
  )
  const [head] = (await once(socket, "data")) as [Buffer]
  expect(head.toString("latin1")).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\n$/)
  expect(head.includes("permessage-deflate")).toBe(compresses)
  return new RawClient(socket)
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Sends bytes in pieces of random sizes, in turn with everybody else who does. */
async function trickle(client: RawClient, bytes: Buffer, random: (below: number) => number): Promise<void> {
  for (let offset = 0; offset < bytes.byteLength;) {
    const size = 1 + random(random(4) === 0 ? 60_000 : 900)
    client.socket.write(bytes.subarray(offset, offset + size))
    offset += size
    if (random(3) > 0) await turn()
    // Those who do not read for a while have their answers written in parts.
    if (random(20) === 0) client.socket.pause()
    else if (random(4) === 0) client.socket.resume()
  }
  client.socket.resume()
}

/** A message as a client compresses it (RFC 7692 section 7.2.1). */
function deflated(payload: Uint8Array): Buffer {
  return deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}

/** What one client sends, and what has to come back: messages whole and in fragments, with pings between. */
function conversation(
  owner: number,
  random: (below: number) => number,
): { readonly sent: Buffer; readonly due: Buffer } {
  const sent: Buffer[] = []
  const due: Buffer[] = []
  for (let sequence = 0; sequence < 60; sequence++) {
    const length = lengths[random(lengths.length)] as number
    // Text that is not ASCII takes another way out.
    const isForeign = random(4) === 0
    const payload = isForeign ? Buffer.from("ß€😀".repeat(length / 9)) : payloadOf(owner, sequence, length)
    const kind = isForeign || random(2) === 0 ? text : binary
    const mask = [random(256), random(256), random(256), random(256)]
    const isCompressed = compresses && random(4) > 0
    const data = isCompressed ? deflated(payload) : payload
    const rsv = isCompressed ? rsv1 : 0
    const cut = random(3) === 0 ? random(data.byteLength + 1) : data.byteLength
    if (cut === data.byteLength) sent.push(clientFrame({ opcode: kind, rsv, payload: data, mask }))
    else {
      sent.push(clientFrame({ opcode: kind, rsv, payload: data.subarray(0, cut), fin: false, mask }))
      sent.push(clientFrame({ opcode: continuation, payload: data.subarray(cut), mask }))
    }
    due.push(serverMessage(kind, payload))
  }
  return { sent: Buffer.concat(sent), due: Buffer.concat(due) }
}

interface ReadFrame {
  readonly isCompressed: boolean
  readonly payload: Buffer
}

/** The messages in a stream of unmasked frames; the empty ones are left out. */
function framesOf(stream: Buffer): readonly ReadFrame[] {
  const frames: ReadFrame[] = []
  for (let offset = 0; offset + 10 <= stream.byteLength;) {
    const isCompressed = (stream.readUInt8(offset) & 0x40) !== 0
    const short = stream.readUInt8(offset + 1)
    const start = offset + (short < 126 ? 2 : short === 126 ? 4 : 10)
    const length =
      short < 126 ? short : short === 126 ? stream.readUInt16BE(offset + 2) : stream.readUInt32BE(offset + 6)
    offset = start + length
    if (length > 0 && offset <= stream.byteLength)
      frames.push({ isCompressed, payload: stream.subarray(start, offset) })
  }
  return frames
}

function inflated({ isCompressed, payload }: ReadFrame): Buffer {
  return isCompressed ? inflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }) : payload
}

test("the buffers that are used again are found, and so poisoned", () => {
  expect(reused.map(({ byteLength }) => byteLength)).toEqual([65_536, 65_536])
})

describe.each([
  ["shared", "as it is", false],
  ["own", "as it is", false],
  ["shared", "compressed", true],
  ["own", "compressed", true],
] as const)("read into a buffer that is %s, %s", (kind, _how, isCompressed) => {
  beforeAll(() => {
    readBuffer = kind
    compresses = isCompressed
  })

  test("every byte that comes back is one that this client has sent, or belongs to a head; what was kept stays", async () => {
    const kept: { readonly message: WsMessage; readonly copy: string }[] = []
    const port = await listen({
      path: "/test",
      onMessage(client, message) {
        kept.push({ message, copy: Buffer.from(message.asBinary() ?? message.encode()).toString("latin1") })
        // Text goes back as a string, which is encoded; binary as the bytes that came.
        return client.send(message.asText() ?? message)
      },
    })
    const clients = await Promise.all(Array.from({ length: 7 }, () => connectTo(port)))
    const different = await Promise.all(
      clients.map(async (client, owner) => {
        const random = numbers(owner + 1)
        const { sent, due } = conversation(owner, random)
        await trickle(client, sent, random)
        const received = await client.received(due.byteLength)
        return Buffer.compare(received, due) === 0 ? "the same" : `client ${owner} got something else`
      }),
    )
    expect(different).toEqual(Array(7).fill("the same"))
    const changed = kept.filter(
      ({ message, copy }) => Buffer.from(message.asBinary() ?? message.encode()).toString("latin1") !== copy,
    )
    expect([kept.length, changed.length]).toEqual([7 * 60, 0])
  })

  test("what is published comes to everybody as it is, between what is his alone", async () => {
    const rounds = 40
    const port = await listen({
      path: "/test",
      onConnect: (client) => client.subscribe("all"),
      onMessage: async (client, message) => {
        void client.send(message)
        await client.publish("all", message)
        return client.send(WsMessage.binary(message.asBinary() ?? []))
      },
    })
    const clients = await Promise.all(Array.from({ length: 5 }, () => connectTo(port)))
    // Whose first message has come back is subscribed.
    for (const client of clients) {
      client.socket.write(clientFrame({ opcode: binary }))
      await client.received(4)
    }
    const plans = clients.map((_, owner) => {
      const random = numbers(100 + owner)
      return Array.from({ length: rounds }, (_payload, sequence) =>
        payloadOf(owner, sequence, 8 + (lengths[random(14)] as number)),
      )
    })
    await Promise.all(
      clients.map((client, owner) =>
        trickle(
          client,
          Buffer.concat(
            plans[owner]!.map((payload) =>
              compresses
                ? clientFrame({ opcode: binary, rsv: rsv1, payload: deflated(payload) })
                : clientFrame({ opcode: binary, payload }),
            ),
          ),
          numbers(200 + owner),
        ),
      ),
    )
    // His own come back twice, those of the other four once.
    const due = (2 + 4) * rounds
    const streams = await Promise.all(clients.map((client) => client.until((bytes) => framesOf(bytes).length >= due)))
    const problems = streams.flatMap((stream, reader) => {
      const seen = plans.map(() => 0)
      return framesOf(stream).flatMap((frame, index) => {
        const payload = inflated(frame)
        const owner = (payload[0] ?? 0) >> 4
        const sequence = Math.floor((seen[owner] as number) / (owner === reader ? 2 : 1))
        seen[owner] = (seen[owner] as number) + 1
        const wanted = plans[owner]?.[sequence]
        return wanted !== undefined && Buffer.compare(payload, wanted) === 0
          ? []
          : [`reader ${reader}, message ${index}`]
      })
    })
    expect(problems).toEqual([])
  })

  test("half a character in a string is sent as U+FFFD, in as many bytes as were set aside", async () => {
    const halves = ["\ud800", "a\udc00b", "é\ud83d", `${"\udfff".repeat(6_000)}`]
    const port = await listen({
      path: "/test",
      onMessage: (client) => halves.forEach((half) => void client.send(half)),
    })
    const client = await connectTo(port)
    client.socket.write(clientFrame({ opcode: text, payload: "go" }))
    const due = Buffer.concat(halves.map((half) => serverMessage(text, half.replaceAll(/[\ud800-\udfff]/g, "\ufffd"))))
    expect(Buffer.compare(await client.received(due.byteLength), due)).toBe(0)
  })

  test("pongs and Closes carry what they should and nothing else", async () => {
    const port = await listen({
      path: "/test",
      onMessage: (client, message) => void client.close(4_000, message.asText()),
    })
    const reasons = ["", "a", "ü".repeat(61), "x".repeat(123), "€".repeat(41)]
    for (const reason of reasons) {
      const client = await connectTo(port)
      const pings = [0, 1, 60, 125].map((length) => payloadOf(1, length, length))
      client.socket.write(
        Buffer.concat([
          ...pings.map((payload) => clientFrame({ opcode: ping, payload })),
          clientFrame({ opcode: text, payload: reason }),
          clientFrame({ opcode: close, payload: Buffer.of(0x0f, 0xa0) }),
        ]),
      )
      const due = [
        ...pings.map((payload) => serverFrame({ opcode: pong, payload })),
        serverFrame({ opcode: close, payload: Buffer.concat([Buffer.of(0x0f, 0xa0), Buffer.from(reason)]) }),
      ]
      expect((await client.ended).toString("latin1")).toBe(Buffer.concat(due).toString("latin1"))
    }
  })

  test("a reason that is too long is cut between characters, and no byte of memory follows it", async () => {
    const port = await listen({ path: "/test", onMessage: (client) => void client.close(4_001, "€".repeat(500)) })
    const client = await connectTo(port)
    client.socket.write(Buffer.concat([clientFrame({ opcode: text, payload: "go" }), clientFrame({ opcode: close })]))
    const due = serverFrame({
      opcode: close,
      payload: Buffer.concat([Buffer.of(0x0f, 0xa1), Buffer.from("€".repeat(41))]),
    })
    expect((await client.ended).toString("latin1")).toBe(due.toString("latin1"))
  })

  test.each<readonly [string, unknown]>([
    ["an array of 16-bit numbers", new Uint16Array([1, 2, 3])],
    ["an array of doubles", new Float64Array([1.5])],
    ["a view", new DataView(new ArrayBuffer(8))],
    ["a number, which is a length to some", 4_096],
    ["something with a length", { length: 64 }],
  ])("%s is not sent, and neither is memory of its size", async (_name, value) => {
    const thrown: unknown[] = []
    const port = await listen({
      path: "/test",
      onMessage: (client) => {
        for (const attempt of [() => client.send(value as never), () => client.close(4_000, value as never)]) {
          try {
            void attempt()
          } catch (error) {
            thrown.push((error as { code?: string }).code)
          }
        }
        return client.send("done")
      },
    })
    const client = await connectTo(port)
    client.socket.write(Buffer.concat([clientFrame({ opcode: text, payload: "go" }), clientFrame({ opcode: close })]))
    const due = Buffer.concat([serverMessage(text, "done"), serverFrame({ opcode: close })])
    expect((await client.ended).toString("hex")).toBe(due.toString("hex"))
    expect(thrown).toEqual(["TONI_BAD_ARGUMENT", "TONI_BAD_ARGUMENT"])
  })
})
