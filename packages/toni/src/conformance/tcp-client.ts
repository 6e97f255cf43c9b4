import { createHash } from "node:crypto"
import { connect, type Socket } from "node:net"
import type { ListenAddress } from "../adapter/http-adapter.ts"
import { HandshakeRefused, type MemoryHandshake } from "../adapter/memory/memory-server.ts"
import { TestClient, type CloseEvent } from "../adapter/memory/test-client.ts"
import { receivedMessage, toMessage, WsMessage, type Sendable } from "../message/ws-message.ts"
import { clientFrame, closeFrame, FrameReader, opcode, type FrameFields, type ServerFrame } from "./frame.ts"

const key = "dGhlIHNhbXBsZSBub25jZQ=="
const acceptKey = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64")

/** A client over TCP that keeps to RFC 6455 unless a test has it do otherwise: `write` sends any bytes. */
export class TcpClient extends TestClient {
  readonly #socket: Socket
  readonly #reader = new FrameReader()
  #fragments: ServerFrame[] = []
  #answersPings = true
  #closeSent = false
  #closeReceived: CloseEvent | undefined

  constructor(socket: Socket, protocol: string, headers: Readonly<Record<string, string>>, early: Buffer) {
    super(protocol, headers)
    this.#socket = socket
    socket.on("data", (chunk) => this.#read(chunk))
    socket.on("close", () => this.ended(this.#closeReceived ?? { code: 1006, reason: "" }))
    socket.on("end", () => socket.end())
    socket.on("error", () => socket.destroy())
    if (early.byteLength > 0) this.#read(early)
  }

  override send(message: Sendable, { fragments = 1 }: { readonly fragments?: number } = {}): void {
    const { kind, payload } = toMessage(message)
    const bytes = Buffer.from(payload as Uint8Array)
    const size = Math.ceil(bytes.byteLength / fragments)
    for (let index = 0; index < fragments; index++) {
      this.frame({
        opcode: index === 0 ? opcode[kind] : opcode.continuation,
        fin: index === fragments - 1,
        payload: bytes.subarray(index * size, (index + 1) * size),
      })
    }
  }

  override close(code?: number, reason = ""): Promise<CloseEvent> {
    this.#closeSent = true
    this.write(closeFrame(code, reason))
    return this.closed
  }

  override drop(): void {
    this.#socket.destroy()
  }

  /** Ends only our direction, without a Close: half-open. */
  halfClose(): void {
    this.#socket.end()
  }

  override pauseReading(): void {
    this.#socket.pause()
  }

  override resumeReading(): void {
    this.#socket.resume()
  }

  override stopAnsweringPings(): void {
    this.#answersPings = false
  }

  /** Sends bytes as they are. */
  write(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes)
  }

  /** Sends one frame, well-formed or not. */
  frame(fields: FrameFields): void {
    this.write(clientFrame(fields))
  }

  #read(chunk: Buffer): void {
    for (const frame of this.#reader.read(chunk)) this.#take(frame)
  }

  #take(frame: ServerFrame): void {
    if (frame.opcode === opcode.close) return this.#takeClose(frame.payload)
    if (frame.opcode === opcode.ping) {
      if (this.#answersPings) this.frame({ opcode: opcode.pong, payload: frame.payload })
      return this.received(WsMessage.ping(frame.payload))
    }
    if (frame.opcode === opcode.pong) return this.received(WsMessage.pong(frame.payload))
    this.#fragments.push(frame)
    if (!frame.fin) return
    const [first] = this.#fragments as [ServerFrame]
    const payload = Buffer.concat(this.#fragments.map((fragment) => fragment.payload))
    this.#fragments = []
    this.received(receivedMessage(first.opcode === opcode.text, payload))
  }

  #takeClose(payload: Buffer): void {
    const code = payload.byteLength >= 2 ? payload.readUInt16BE(0) : 1005
    this.#closeReceived ??= { code, reason: payload.subarray(2).toString() }
    if (!this.#closeSent) this.write(closeFrame(code === 1005 ? undefined : code))
    this.#closeSent = true
    this.#socket.end()
  }
}

/** Connects over TCP; rejects with `HandshakeRefused` when the answer is not 101. */
export async function connectTcp(
  address: ListenAddress,
  target: string,
  handshake: MemoryHandshake = {},
): Promise<TcpClient> {
  const { host, port } = address
  const { remoteAddress, signal } = handshake
  const socket = connect({ host, port, allowHalfOpen: true, ...(remoteAddress && { localAddress: remoteAddress }) })
  signal?.addEventListener("abort", () => socket.destroy())
  socket.write(requestHead(address, target, handshake))
  const { status, headers, rest } = await readHead(socket)
  if (status !== 101)
    throw new HandshakeRefused({ status, headers: Object.entries(headers), body: await readBody(socket, rest) })
  if (headers["sec-websocket-accept"] !== acceptKey) throw new Error("The accept key is wrong (RFC 6455 section 4.2.2)")
  return new TcpClient(socket, headers["sec-websocket-protocol"] ?? "", headers, rest)
}

function requestHead({ host, port }: ListenAddress, target: string, handshake: MemoryHandshake): string {
  const { headers = {}, protocols = [], method = "GET" } = handshake
  const fields: Record<string, string | undefined> = {
    host: `${host}:${port}`,
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": key,
    "sec-websocket-protocol": protocols.length > 0 ? protocols.join(", ") : undefined,
  }
  for (const [name, value] of Object.entries(headers)) fields[name.toLowerCase()] = value
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  )
  return `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`
}

interface Head {
  readonly status: number
  readonly headers: Record<string, string>
  readonly rest: Buffer
}

/** Reads up to the end of the head of a response; leaves the socket paused. */
function readHead(socket: Socket): Promise<Head> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const fail = (error?: Error | boolean): void => {
      reject(error instanceof Error ? error : new Error("The connection ended before the handshake was answered"))
    }
    const read = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk])
      const end = bytes.indexOf("\r\n\r\n")
      if (end < 0) return
      socket.off("data", read).off("error", fail).off("close", fail).off("end", fail)
      const [statusLine = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n")
      const headers = Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
      )
      resolve({ status: Number(statusLine.split(" ")[1]), headers, rest: bytes.subarray(end + 4) })
    }
    socket.on("data", read).on("error", fail).on("close", fail).on("end", fail)
  })
}

async function readBody(socket: Socket, rest: Buffer): Promise<string> {
  const chunks = [rest]
  socket.on("error", () => undefined)
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
