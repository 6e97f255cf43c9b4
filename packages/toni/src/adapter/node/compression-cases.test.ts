import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { constants, deflateRawSync, inflateRawSync } from "node:zlib"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { createApplication } from "../../app/toni-factory.ts"
import type { ToniApplication } from "../../app/toni-application.ts"
import { clientFrame, closeFrame, FrameReader, opcode, type ServerFrame } from "../../conformance/frame.ts"
import { nodeHost, wsHost } from "../../conformance/hosts.ts"
import { Token } from "../../di/token.ts"
import type { Gateway } from "../../gateway/gateway.ts"
import { defineModule } from "../../module/module-definition.ts"
import { compressionCases, type CompressionCase, type OfferParam } from "../../protocol/case-table/compression.ts"
import { readDeflateAnswer, type Agreement } from "../../protocol/case-table/deflate-answer.ts"
import type { NodeServer } from "../node-upgrade/node-server.ts"
import { inflateOnce } from "./inflate-once.ts"
import { zlibDeflater } from "./zlib-deflater.ts"

const echo: Gateway = {
  path: "/echo",
  options: { maxFragments: "unlimited", heartbeat: "unlimited", compression: { threshold: 1 } },
  onMessage: (client, message) => client.send(message),
}
const tail = Buffer.of(0x00, 0x00, 0xff, 0xff)

const headerOf = (offers: readonly (readonly OfferParam[])[]): string =>
  offers
    .map((params) => params.map(([name, value]) => `; ${name}${value === true ? "" : `=${value}`}`).join(""))
    .map((params) => `permessage-deflate${params}`)
    .join(", ")

/** A message as RFC 7692 section 7.2.1 compresses it, within the window of the client. */
const deflated = (message: Uint8Array, { clientBits }: Agreement): Buffer =>
  deflateRawSync(message, { windowBits: clientBits, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)

/**
 * Undoes what a server that takes no window over compressed. Within one chunk zlib sees all that it has put out, so the
 * smallest chunk is taken: a reference further back than the window and such a chunk is an error.
 */
const inflated = (payload: Uint8Array, { serverBits }: Agreement): Buffer =>
  inflateRawSync(Buffer.concat([payload, tail]), {
    windowBits: serverBits,
    finishFlush: constants.Z_SYNC_FLUSH,
    ...(serverBits < 15 && { chunkSize: 64 }),
  })

/** A client in bytes, and what the server has bound itself to. */
async function open(port: number, { offers }: CompressionCase): Promise<[Socket, Agreement]> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true })
  socket.write(
    "GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
      `Sec-WebSocket-Extensions: ${headerOf(offers)}\r\n\r\n`,
  )
  const [head] = (await once(socket, "data")) as [Buffer]
  expect(head.toString("latin1")).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\n$/)
  const [, answer = ""] = /^sec-websocket-extensions: (.*)\r$/im.exec(head.toString("latin1")) ?? []
  return [socket, readDeflateAnswer(offers, answer)]
}

/** The frames of a compressed message: the first says that it is (RFC 7692 section 6). */
function framesOf(payload: Buffer, { isText, frameSize }: CompressionCase): Buffer {
  const count = Math.max(1, Math.ceil(payload.byteLength / frameSize))
  const size = Math.min(frameSize, payload.byteLength)
  const frames = Array.from({ length: count }, (_, index) =>
    clientFrame({
      opcode: index > 0 ? opcode.continuation : isText ? opcode.text : opcode.binary,
      rsv: index > 0 ? 0 : 4,
      fin: index === count - 1,
      payload: payload.subarray(index * size, (index + 1) * size),
    }),
  )
  return Buffer.concat(frames)
}

/** The frames that a server sends, one by one. */
function frameSource(socket: Socket): () => Promise<ServerFrame> {
  const reader = new FrameReader()
  const frames: ServerFrame[] = []
  socket.on("data", (piece: Buffer) => frames.push(...reader.read(piece)))
  return async () => {
    while (frames.length === 0) await once(socket, "data")
    return frames.shift() as ServerFrame
  }
}

/** Plays the client of a case; answers how the server closed. */
async function play(port: number, each: CompressionCase): Promise<number> {
  const [socket, agreement] = await open(port, each)
  expect(agreement.serverTakesOver || agreement.clientTakesOver, "no window is kept").toBe(false)
  const nextFrame = frameSource(socket)
  for (const message of each.messages()) {
    socket.write(framesOf(deflated(message, agreement), each))
    const { fin, rsv, opcode: kind, payload } = await nextFrame()
    expect([fin, rsv, kind]).toEqual([true, 4, each.isText ? opcode.text : opcode.binary])
    expect(inflated(payload, agreement).equals(message), "what comes back is what was sent").toBe(true)
  }
  const closed = once(socket, "close")
  socket.write(closeFrame(1000))
  const { payload } = await nextFrame()
  await closed
  return payload.readUInt16BE(0)
}

const section = (number: 12 | 13): readonly CompressionCase[] =>
  compressionCases.filter(({ id }) => id.startsWith(`${number}.`))

describe.each([
  ["the node adapter", nodeHost, compressionCases, zlibDeflater.inflate],
  ["the node adapter, with a context for each message,", nodeHost, section(12), inflateOnce],
  // Offers and sizes; what becomes of each kind of data is the library's own affair.
  ["the ws adapter", wsHost, section(13), zlibDeflater.inflate],
] as const)("%s meets case", (_name, host, cases, inflate) => {
  let app: ToniApplication<NodeServer>
  let port: number
  beforeAll(async () => {
    vi.spyOn(zlibDeflater, "inflate").mockImplementation(inflate)
    const module = defineModule({ name: "Cases", providers: [{ provide: new Token<Gateway>("Echo"), useValue: echo }] })
    const silent = { debug() {}, info() {}, warn() {}, error() {} }
    app = await createApplication(module, host.httpAdapter(), { logger: silent })
    app.useWebSocketAdapter(host.webSocketAdapter())
    port = (await app.listen(0, "127.0.0.1")).port
  })
  afterAll(async () => {
    vi.restoreAllMocks()
    await app.close()
  })

  test.each(cases.map((each) => [each.id, each.title, each] as const))("%s: %s", async (_id, _title, each) => {
    expect(await play(port, each)).toBe(1000)
  })
})

test("the table has every case of sections 12 and 13 once", () => {
  const groups = [1, 2, 3, 4, 5]
    .map((group) => `12.${group}`)
    .concat([1, 2, 3, 4, 5, 6, 7].map((group) => `13.${group}`))
  const ids = groups.flatMap((group) => Array.from({ length: 18 }, (_, index) => `${group}.${index + 1}`))
  expect(compressionCases.map(({ id }) => id)).toEqual(ids)
})
