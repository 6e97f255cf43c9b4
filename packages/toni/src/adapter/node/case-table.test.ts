import { createHash } from "node:crypto"
import { isUtf8 } from "node:buffer"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createServer as createHttpsServer } from "node:https"
import { connect, createServer, type AddressInfo, type Server } from "node:net"
import { connect as connectTls } from "node:tls"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createApplication } from "../../app/toni-factory.ts"
import type { ToniApplication } from "../../app/toni-application.ts"
import { nodeHost, wsHost } from "../../conformance/hosts.ts"
import { clientFrame } from "../../conformance/frame.ts"
import { Token } from "../../di/token.ts"
import type { Gateway } from "../../gateway/gateway.ts"
import { defineModule } from "../../module/module-definition.ts"
import type { CaseAnswer, CaseFrame, Script } from "../../protocol/case-table/case.ts"
import { cases } from "../../protocol/case-table/cases.ts"
import { FrameDecoder } from "../../protocol/frame-decoder.ts"
import { unmask } from "../../protocol/mask.ts"
import { NodeHttpAdapter } from "./node-http-adapter.ts"
import type { NodeServer } from "../node-upgrade/node-server.ts"

const maxPayload = 16 * 1024 * 1024
const echo: Gateway = {
  path: "/echo",
  options: { maxPayload, maxFragments: "unlimited", heartbeat: "unlimited" },
  onMessage: (client, message) => client.send(message),
}

/** The bytes of a frame; quick for large payloads. */
function encode({ opcode, payload, fin = true, rsv = 0 }: CaseFrame): Buffer {
  const head = clientFrame({ opcode, fin, rsv, announced: BigInt(payload.byteLength) })
  const bytes = Buffer.concat([head, payload])
  unmask(bytes, head.byteLength - 4, head.byteLength, bytes.byteLength)
  return bytes
}

/** The bytes as they are handed to TCP one after another. */
function piecesOf(frames: readonly CaseFrame[], pieces: Script["pieces"]): readonly Buffer[] {
  const encoded = frames.map(encode)
  if (pieces === "frames") return encoded
  const whole = Buffer.concat(encoded)
  if (pieces === undefined || pieces === "whole") return [whole]
  const count = Math.ceil(whole.byteLength / pieces)
  return Array.from({ length: count }, (_, index) => whole.subarray(index * pieces, (index + 1) * pieces))
}

/** An answer in short, to be compared. */
function brief({ kind, payload }: CaseAnswer): string {
  const digest =
    payload.byteLength <= 40 ? Buffer.from(payload).toString("hex") : createHash("sha1").update(payload).digest("hex")
  return `${kind} of ${payload.byteLength}: ${digest}`
}

interface Outcome {
  readonly answers: readonly string[]
  /** Codes of the Closes that came. */
  readonly closes: readonly number[]
}

/** How a client reaches the server. */
interface Way {
  readonly name: string
  readonly overTls?: boolean
  /** All that is said before an answer is waited for goes out in one piece, so that segments hold many frames. */
  readonly inOnePiece?: boolean
  readonly byProxy?: boolean
}

const ways: readonly Way[] = [
  { name: "directly" },
  { name: "with all its frames in one piece", inOnePiece: true },
  { name: "through a proxy", byProxy: true, inOnePiece: true },
  { name: "over TLS", overTls: true },
  { name: "over TLS with all its frames in one piece", overTls: true, inOnePiece: true },
]

const pem = (name: string): string =>
  readFileSync(new URL(`../../../../../e2e/servers/fixtures/localhost.${name}.pem`, import.meta.url), "utf8")

/** Passes bytes on as they come, in whatever pieces. */
async function proxyTo(port: number): Promise<Server> {
  const proxy = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port, host: "127.0.0.1", allowHalfOpen: true })
    client.pipe(upstream).pipe(client)
    client.on("error", () => upstream.destroy())
    upstream.on("error", () => client.destroy())
    client.on("close", () => upstream.destroy())
    upstream.on("close", () => client.destroySoon())
  }).listen(0, "127.0.0.1")
  await once(proxy, "listening")
  return proxy
}

/** Plays the client of a script; resolves when the server has ended the connection. */
async function play(port: number, way: Way, script: Script, isStrict: boolean): Promise<Outcome> {
  const carrier = connect({ port, host: "127.0.0.1", noDelay: true })
  const socket = way.overTls ? connectTls({ socket: carrier, ca: pem("cert"), servername: "localhost" }) : carrier
  socket.write(
    "GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  )
  const [head] = (await once(socket, "data")) as [Buffer]
  expect(head.toString("latin1")).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\n$/)

  const outcome = { answers: [] as string[], closes: [] as number[] }
  let wake = (): void => undefined
  const answered = (kind: CaseAnswer["kind"], payload: Uint8Array): void => {
    outcome.answers.push(brief({ kind, payload }))
    wake()
  }
  const decoder = new FrameDecoder(
    {
      receivedMessage: (data, isText) => answered(isText ? "text" : "binary", data),
      receivedPing: () => undefined,
      receivedPong: (payload) => answered("pong", payload),
      receivedClose: ({ code }) => void outcome.closes.push(code),
      receivedFault: ({ message }) => void outcome.answers.push(`malformed: ${message}`),
    },
    { maxPayload, maxFragments: 1, isUtf8, masked: false },
  )
  socket.on("data", (piece: Buffer) => decoder.read(piece))
  // A server that has closed need not read on: it may answer what comes behind with a reset.
  socket.on("error", () => undefined)
  const ended = new Promise((resolve) => socket.once("close", resolve))

  const { frames, pieces, pause, settledBy } = script
  const send = async (some: readonly CaseFrame[]): Promise<void> => {
    for (const [index, piece] of piecesOf(some, way.inOnePiece ? "whole" : pieces).entries()) {
      if (socket.destroyed || socket.readableEnded) return
      socket.write(piece)
      // One turn of the event loop later the server, which shares it, has read; long streams need not be that fine.
      if (index < 256 || index % 32 === 0) await new Promise(setImmediate)
    }
  }
  if (pause === undefined) await send(isStrict && settledBy !== undefined ? frames.slice(0, settledBy + 1) : frames)
  else {
    await send(frames.slice(0, pause.after + 1))
    while (outcome.answers.length < pause.answers) await new Promise<void>((resolve) => (wake = resolve))
    await send(frames.slice(pause.after + 1))
  }
  const isClosing = (script.closes ?? 1000) !== 1000 || frames.some(({ opcode }) => opcode === 8)
  if (!isClosing && !socket.readableEnded) socket.write(encode({ opcode: 8, payload: Uint8Array.of(0x03, 0xe8) }))
  await ended
  return outcome
}

/** What the `ws` adapter does not run or meet, by number, and why. */
const notByWs: readonly (readonly [id: RegExp, reason: string])[] = [
  [/^9\./, "the sizes prove our decoder; those of ws are its own affair, and take seconds"],
]

/** Section 9 is played directly and nowhere else: it proves sizes. */
const small = cases.filter(({ id }) => !id.startsWith("9."))
const byWs = cases.filter(({ id }) => !notByWs.some(([pattern]) => pattern.test(id)))

const runs = ways.flatMap((way, index) => [
  { adapter: "node", host: nodeHost, way, applicable: index === 0 ? cases : small, isStrict: true },
  { adapter: "ws", host: wsHost, way, applicable: byWs, isStrict: false },
])

describe.each(runs)("the $adapter adapter, reached $way.name, meets case", ({ host, way, applicable, isStrict }) => {
  let app: ToniApplication<NodeServer>
  let port: number
  let proxy: Server | undefined
  beforeAll(async () => {
    const module = defineModule({ name: "Cases", providers: [{ provide: new Token<Gateway>("Echo"), useValue: echo }] })
    const silent = { debug() {}, info() {}, warn() {}, error() {} }
    const httpAdapter = way.overTls
      ? new NodeHttpAdapter(createHttpsServer({ cert: pem("cert"), key: pem("key") }))
      : host.httpAdapter()
    app = await createApplication(module, httpAdapter, { logger: silent })
    app.useWebSocketAdapter(host.webSocketAdapter())
    port = (await app.listen(0, "127.0.0.1")).port
    if (!way.byProxy) return
    proxy = await proxyTo(port)
    port = (proxy.address() as AddressInfo).port
  })
  afterAll(async () => {
    await app.close()
    proxy?.close()
  })

  test.each(applicable.map((each) => [each.id, each.title, each] as const))(
    "%s: %s",
    async (_id, _title, { script }) => {
      const played = script()
      const outcome = await play(port, way, played, isStrict)
      expect(outcome).toEqual({ answers: played.answers.map(brief), closes: [played.closes ?? 1000] })
    },
  )
})

test("the table has every case of sections 1 to 7, 9 and 10 once", () => {
  const sections = cases.map(({ id }) =>
    id
      .split(".")
      .slice(0, id.split(".").length - 1)
      .join("."),
  )
  const counts = Object.fromEntries(
    [...new Set(sections)].map((each) => [each, sections.filter((one) => one === each).length]),
  )
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length)
  expect(counts).toMatchInlineSnapshot(`
    {
      "1.1": 8,
      "1.2": 8,
      "10.1": 1,
      "2": 11,
      "3": 7,
      "4.1": 5,
      "4.2": 5,
      "5": 20,
      "6.1": 3,
      "6.10": 3,
      "6.11": 5,
      "6.12": 8,
      "6.13": 5,
      "6.14": 10,
      "6.15": 1,
      "6.16": 3,
      "6.17": 5,
      "6.18": 5,
      "6.19": 5,
      "6.2": 4,
      "6.20": 7,
      "6.21": 8,
      "6.22": 34,
      "6.23": 7,
      "6.3": 2,
      "6.4": 4,
      "6.5": 5,
      "6.6": 11,
      "6.7": 4,
      "6.8": 2,
      "6.9": 4,
      "7.1": 6,
      "7.13": 2,
      "7.3": 6,
      "7.5": 1,
      "7.7": 13,
      "7.9": 9,
      "9.1": 6,
      "9.2": 6,
      "9.3": 9,
      "9.4": 9,
      "9.5": 6,
      "9.6": 6,
      "9.7": 6,
      "9.8": 6,
    }
  `)
})
