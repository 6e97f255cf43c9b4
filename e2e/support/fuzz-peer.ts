import { once } from "node:events"
import { readFileSync } from "node:fs"
import { connect, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import { inflated } from "./frame-oracle.ts"
import { handshake } from "./wire.ts"

const ca = readFileSync(new URL("../servers/fixtures/localhost.cert.pem", import.meta.url), "utf8")

/** What a peer has seen of a server. */
export interface Seen {
  readonly messages: string[]
  readonly pongs: string[]
  /** Of the server's Close; 1005 is one without. */
  code: number | undefined
  reason: string
  /** What no server may send. */
  fault: string | undefined
}

/** A peer that sends what it is given, notes what comes, and answers a Close. */
export class FuzzPeer implements AsyncDisposable {
  readonly seen: Seen = { messages: [], pongs: [], code: undefined, reason: "", fault: undefined }
  readonly socket: Socket
  readonly closed: Promise<void>
  isClosed = false
  #bytes: Buffer = Buffer.alloc(0)
  #isAnswered = false
  #isLeaving = false
  #wake: () => void = () => undefined

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on("error", () => undefined)
    socket.on("data", (chunk: Buffer) => this.#read(chunk))
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        this.isClosed = true
        this.#wake()
        resolve()
      })
    })
  }

  /** Sends the handshake with what comes early behind it; resolves when it is answered. */
  static async connect(port: number, isTls: boolean, compresses: boolean, early: Uint8Array): Promise<FuzzPeer> {
    const carrier = connect({ port, host: "127.0.0.1", noDelay: true })
    const socket = isTls ? connectTls({ socket: carrier, ca, servername: "localhost" }) : carrier
    await once(socket, isTls ? "secureConnect" : "connect")
    const peer = new FuzzPeer(socket)
    const head = handshake("/echo", compresses ? { "Sec-WebSocket-Extensions": "permessage-deflate" } : {})
    socket.write(Buffer.concat([Buffer.from(head, "latin1"), early]))
    await peer.until(() => peer.#isAnswered)
    return peer
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo() && !this.isClosed) await new Promise<void>((resolve) => (this.#wake = resolve))
  }

  write(bytes: Uint8Array): void {
    if (this.socket.writable && !this.socket.readableEnded && !this.#isLeaving) this.socket.write(bytes)
  }

  /** Ends our direction. */
  leave(last: Uint8Array = Buffer.alloc(0)): void {
    this.write(last)
    this.#isLeaving = true
    this.socket.end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy()
    await this.closed
  }

  #read(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    if (!this.#isAnswered) {
      const end = this.#bytes.indexOf("\r\n\r\n")
      if (end < 0) return
      const head = this.#bytes.subarray(0, end).toString("latin1")
      if (!head.startsWith("HTTP/1.1 101 ")) this.seen.fault = head
      this.#isAnswered = true
      this.#bytes = this.#bytes.subarray(end + 4)
    }
    while (this.#frame());
    this.#wake()
  }

  #frame(): boolean {
    const bytes = this.#bytes
    if (bytes.length < 2) return false
    const [first, second] = [bytes.readUInt8(0), bytes.readUInt8(1)]
    const start = second === 126 ? 4 : second === 127 ? 10 : 2
    if (bytes.length < start) return false
    const length = second === 126 ? bytes.readUInt16BE(2) : second === 127 ? Number(bytes.readBigUInt64BE(2)) : second
    if (bytes.length < start + length) return false
    this.#bytes = bytes.subarray(start + length)
    const payload = bytes.subarray(start, start + length)
    const [opcode, isCompressed] = [first & 15, (first & 0x40) !== 0]
    if (first < 128 || second > 127 || (first & 0x30) !== 0)
      this.seen.fault ??= `a frame that begins ${first} ${second}`
    if (this.seen.code !== undefined) this.seen.fault ??= "a frame behind the Close"
    if (opcode === 10) this.seen.pongs.push(payload.toString("base64"))
    else if (opcode === 8) this.#close(payload)
    else if (opcode === 1 || opcode === 2) {
      const content = isCompressed ? inflated(payload) : payload
      this.seen.messages.push(`${opcode === 1 ? "text" : "binary"}:${content.toString("base64")}`)
    } else this.seen.fault ??= `a frame with opcode ${opcode}`
    return true
  }

  #close(payload: Buffer): void {
    this.seen.code = payload.length < 2 ? 1005 : payload.readUInt16BE(0)
    this.seen.reason = payload.subarray(2).toString()
    this.leave(Buffer.concat([Buffer.of(136, 128 | payload.length, 0, 0, 0, 0), payload]))
  }
}
