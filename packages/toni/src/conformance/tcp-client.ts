import { connect, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import type { ListenAddress } from "../adapter/http-adapter.ts"
import { HandshakeRefused, headerLines, type MemoryHandshake } from "../adapter/memory/memory-server.ts"
import { TestClient, type CloseEvent } from "../adapter/memory/test-client.ts"
import { receivedMessage, toMessage, WsMessage, type Sendable } from "../message/ws-message.ts"
import type { Flood } from "./flood.ts"
import { clientFrame, closeFrame, FrameReader, opcode, type FrameFields, type ServerFrame } from "./frame.ts"

/** The answer to the key that `headerLines` sends (RFC 6455 section 1.3). */
const acceptKey = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

/** What else a client over TCP can do with its handshake. */
export interface TcpHandshake extends MemoryHandshake {
  /** Bytes that are sent in one piece with the request. */
  readonly early?: Uint8Array | undefined
  /** Bytes that are sent once they are known, whether the handshake is answered or not. */
  readonly later?: Promise<Uint8Array> | undefined
  /** How the connection ends before the handshake is answered: by a reset, or by an end of our direction. */
  readonly leaves?: Promise<"reset" | "end"> | undefined
  /** What is sent behind the request, as far as somebody takes it. */
  readonly flood?: Flood | undefined
  /** Whether a Close of the server is answered. Default `true`. */
  readonly answersCloses?: boolean | undefined
}

/** A client over TCP that keeps to RFC 6455 unless a test has it do otherwise: `write` sends any bytes. */
export class TcpClient extends TestClient {
  readonly #socket: Socket
  /** What carries the socket: itself, or what TLS runs over. */
  readonly #carrier: Socket
  readonly #reader = new FrameReader()
  #fragments: ServerFrame[] = []
  #answersPings = true
  #answersCloses = true
  #closeSent = false
  #closeReceived: CloseEvent | undefined

  constructor({ socket, carrier }: Wire, { headers, rest }: Head, { answersCloses = true }: TcpHandshake) {
    super(headers["sec-websocket-protocol"] ?? "", headers)
    this.#socket = socket
    this.#carrier = carrier
    this.#answersCloses = answersCloses
    socket.on("data", (chunk) => this.#read(chunk))
    socket.on("close", () => this.ended(this.#closeReceived ?? { code: 1006, reason: "" }))
    socket.on("end", () => socket.end())
    socket.on("error", () => socket.destroy())
    if (rest.byteLength > 0) this.#read(rest)
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

  /** The connection is reset: the server sees an error instead of an end. */
  reset(): void {
    this.#carrier.resetAndDestroy()
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

  /** Reads at least so many bytes more, and pauses. */
  readSome(byteLength: number): Promise<void> {
    return new Promise((resolve) => {
      let missing = byteLength
      const count = (chunk: Buffer): void => {
        missing -= chunk.byteLength
        if (missing > 0) return
        this.#socket.off("data", count).pause()
        resolve()
      }
      this.#socket.on("data", count).resume()
    })
  }

  override stopAnsweringPings(): void {
    this.#answersPings = false
  }

  override stopAnsweringCloses(): void {
    this.#answersCloses = false
  }

  /** Sends bytes as they are. */
  write(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes)
  }

  flood(flood: Flood): void {
    flood.start(this.#socket)
  }

  /** Sends one frame, well-formed or not. */
  frame(fields: FrameFields): void {
    this.write(clientFrame(fields))
  }

  #read(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.read(chunk)) this.#take(frame)
    } catch (error) {
      this.ended({ code: 1006, reason: (error as Error).message })
      this.drop()
    }
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
    if (!this.#answersCloses) return
    if (!this.#closeSent) this.write(closeFrame(code === 1005 ? undefined : code))
    this.#closeSent = true
    this.#socket.end()
  }
}

/** The same client, as one that sends any bytes; for scenarios that need `wire`. */
export function overTcp(client: TestClient): TcpClient {
  if (client instanceof TcpClient) return client
  throw new Error("An adapter that supports `wire` is connected to over TCP")
}

/**
 * Connects over TCP, by TLS where there are certificates to trust (`ca`, PEM); rejects with `HandshakeRefused` when the
 * answer is not 101.
 */
export async function connectTcp(
  address: ListenAddress,
  target: string,
  handshake: TcpHandshake = {},
  ca?: string,
): Promise<TcpClient> {
  return ask(openWire(address, handshake.remoteAddress, ca), address, target, handshake)
}

/** A connection that has been served a plain request; what it resolves to sends the handshake on it, as `connectTcp`. */
export async function connectEarly(
  address: ListenAddress,
  ca?: string,
): Promise<(target: string, handshake?: TcpHandshake) => Promise<TcpClient>> {
  const wire = openWire(address, undefined, ca)
  wire.socket.write(`HEAD / HTTP/1.1\r\nHost: ${address.host}:${address.port}\r\n\r\n`)
  await readHead(wire.socket)
  return (target, handshake = {}) => ask(wire, address, target, handshake)
}

async function ask(wire: Wire, address: ListenAddress, target: string, handshake: TcpHandshake): Promise<TcpClient> {
  const { signal, early = "", later, leaves } = handshake
  const { socket, carrier } = wire
  signal?.addEventListener("abort", () => socket.destroy())
  void leaves?.then((how) => (how === "reset" ? carrier.resetAndDestroy() : socket.end()))
  void later?.then((bytes) => socket.write(bytes))
  socket.write(Buffer.concat([Buffer.from(requestHead(address, target, handshake), "latin1"), Buffer.from(early)]))
  handshake.flood?.start(socket)
  const head = await readHead(socket)
  const { status, headers, rest } = head
  if (status !== 101)
    throw new HandshakeRefused({ status, headers: Object.entries(headers), body: await readBody(socket, rest) })
  if (headers["sec-websocket-accept"] !== acceptKey) throw new Error("The accept key is wrong (RFC 6455 section 4.2.2)")
  return new TcpClient(wire, head, handshake)
}

interface Wire {
  readonly socket: Socket
  readonly carrier: Socket
}

function openWire({ host, port }: ListenAddress, localAddress: string | undefined, ca: string | undefined): Wire {
  const local = localAddress === undefined ? {} : { localAddress }
  const carrier = connect({ host, port, allowHalfOpen: true, noDelay: true, ...local })
  if (ca === undefined) return { socket: carrier, carrier }
  // The certificate is for a name, the address that is listened on is a number.
  const checkServerIdentity = (): undefined => undefined
  return { socket: connectTls({ socket: carrier, ca, checkServerIdentity }), carrier }
}

function requestHead({ host, port }: ListenAddress, target: string, handshake: TcpHandshake): string {
  const { method = "GET", httpVersion = "1.1" } = handshake
  const lines = headerLines(`${host}:${port}`, handshake).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${target} HTTP/${httpVersion}\r\n${lines.join("")}\r\n`
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
