import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { handshake } from "./wire.ts"

/** Opcodes of RFC 6455 section 11.8. */
export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** A frame as a client sends it, masked with zeros. */
export function frame(code: number, payload: Uint8Array | string = "", fin = true): Buffer {
  const bytes = Buffer.from(payload as string)
  const { length } = bytes
  const size = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const head = Buffer.alloc(6 + size)
  head[0] = (fin ? 0x80 : 0) | code
  head[1] = 0x80 | (size === 0 ? length : size === 2 ? 126 : 127)
  if (size === 2) head.writeUInt16BE(length, 2)
  if (size === 8) head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, bytes])
}

/** The same bytes `count` times. */
export function times(count: number, bytes: Buffer): Buffer {
  return Buffer.alloc(bytes.length * count, bytes)
}

/** A connected peer that does only what a test has it do: it answers a Close, and nothing else. */
export class RawClient implements AsyncDisposable {
  readonly socket: Socket
  /** The code of the server's Close, or `undefined` when the connection ended without one. */
  readonly closed: Promise<number | undefined>
  /** How many frames of each opcode have come. */
  readonly counts = new Map<number, number>()
  #received: Buffer = Buffer.alloc(0)
  #texts: string[] = []
  #code: number | undefined
  #wake: () => void = () => undefined

  constructor(socket: Socket, rest: Buffer) {
    this.socket = socket
    socket.on("data", (chunk) => this.#read(chunk))
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        this.#wake()
        resolve(this.#code)
      })
    })
    this.#read(rest)
  }

  /** Sends a text message, or what it is given as bytes. Resolves when the socket has taken it. */
  async send(what: string | Uint8Array): Promise<void> {
    const bytes = typeof what === "string" ? frame(opcode.text, what) : what
    await new Promise<void>((resolve) => this.socket.write(bytes, () => resolve()))
  }

  /** The next text message. Rejects when the connection ends without one. */
  async next(): Promise<string> {
    while (this.#texts.length === 0) {
      if (this.socket.closed) throw new Error(`closed with ${this.#code} instead of a message`)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    return this.#texts.shift() as string
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.resume().destroy()
    await this.closed
  }

  #read(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    for (;;) {
      const bytes = this.#received
      if (bytes.length < 2) return
      const short = (bytes[1] as number) & 127
      const start = short === 126 ? 4 : short === 127 ? 10 : 2
      if (bytes.length < start) return
      const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
      if (bytes.length < start + length) return
      this.#received = bytes.subarray(start + length)
      this.#take((bytes[0] as number) & 15, bytes.subarray(start, start + length))
    }
  }

  #take(code: number, payload: Buffer): void {
    this.counts.set(code, (this.counts.get(code) ?? 0) + 1)
    if (code === opcode.text) this.#texts.push(payload.toString())
    if (code === opcode.close) {
      this.#code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005
      this.socket.end(frame(opcode.close, payload.subarray(0, 2)))
    }
    this.#wake()
  }
}

/** Connects to a path on a port of the loopback interface; rejects when it is not let in. */
export async function rawClient(port: number, target: string): Promise<RawClient> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true })
  // Connections that fail are what these tests are about.
  socket.on("error", () => undefined)
  socket.on("end", () => socket.end())
  await once(socket, "connect")
  socket.write(handshake(target))
  let head = Buffer.alloc(0)
  while (!head.includes("\r\n\r\n")) {
    const chunk = await Promise.race([once(socket, "data"), once(socket, "close").then(() => undefined)])
    if (chunk === undefined) throw new Error(`ended after: ${head.toString("latin1").slice(0, 200)}`)
    head = Buffer.concat([head, chunk[0] as Buffer])
  }
  if (!head.toString("latin1").startsWith("HTTP/1.1 101")) {
    socket.destroy()
    throw new Error(`not let in: ${head.toString("latin1").slice(0, 200)}`)
  }
  return new RawClient(socket, head.subarray(head.indexOf("\r\n\r\n") + 4))
}
