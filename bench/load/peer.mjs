import { connect } from "node:net"
import { constants, inflateRawSync } from "node:zlib"
import { decodeFrames, encodeFrame } from "./frames.mjs"

const none = Buffer.alloc(0)
const syncFlush = { finishFlush: constants.Z_SYNC_FLUSH }
/** What ends a compressed message, left out on the wire (RFC 7692 section 7.2.1). */
const tail = Buffer.from([0, 0, 0xff, 0xff])
/** Without contexts that are kept, the same message is compressed to the same bytes each time. */
const offer = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover\r\n"
let source = 0

/** One connection of the generator. `onMessages(count)` tells of whole messages that came back as they were sent. */
export class Peer {
  sent = 0
  received = 0
  isOpen = false
  #options
  #socket
  #state
  #rest = none
  #opened
  /** The last compressed answer that was inflated and is right. */
  #rightAnswer

  constructor(options, onMessages, onLost) {
    this.#options = options
    this.onMessages = onMessages
    this.onLost = onLost
  }

  dial() {
    const { dialect, path, port, isDeflated } = this.#options
    this.#rest = none
    this.isOpen = false
    this.#state = dialect === "raw" ? "open" : "handshake"
    const localAddress = process.platform === "linux" ? `127.0.0.${2 + (source++ % 200)}` : undefined
    this.#socket = connect({ port, host: "127.0.0.1", localAddress, noDelay: true })
    this.#socket.on("data", (bytes) => this.#read(bytes))
    this.#socket.on("error", () => {})
    this.#socket.on("close", () => this.onLost(this))
    this.#socket.write(
      dialect === "raw"
        ? none
        : `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
            `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${isDeflated ? offer : ""}\r\n`,
    )
    return new Promise((resolve) => {
      this.#opened = resolve
      if (dialect === "raw") this.#socket.once("connect", () => this.#open())
    })
  }

  send(count) {
    this.sent += count
    this.#socket.write(count === 1 ? this.#options.frame : Buffer.concat(Array(count).fill(this.#options.frame)))
  }

  /** Says goodbye; resolves when the server has ended the connection. */
  close() {
    this.#state = "closing"
    this.#socket.removeAllListeners("close").write(encodeFrame(Buffer.of(0x03, 0xe8), true, 8))
    return new Promise((resolve) => this.#socket.once("close", resolve))
  }

  reset() {
    this.#socket.removeAllListeners("close").resetAndDestroy()
  }

  #open() {
    this.#state = "open"
    this.isOpen = true
    this.#opened()
  }

  #read(bytes) {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    if (this.#state === "handshake") this.#readHandshake()
    if (this.#state === "handshake" || this.#state === "closing") return
    let messages = 0
    this.#rest = decodeFrames(this.#rest, (opcode, payload, isDeflated) => {
      if (opcode === 8) this.#socket.destroy()
      else if (this.#state === "hello") this.#readHello(payload.toString())
      else if (opcode < 8 && !(this.#options.dialect === "socket.io" && payload.length === 1)) {
        if (!this.#isRight(payload, isDeflated)) throw new Error("other bytes came back than were sent")
        messages++
      }
    })
    if (messages === 0) return
    this.received += messages
    this.onMessages(this, messages)
  }

  #isRight(payload, isDeflated) {
    const { payload: sent, isDeflated: isWanted } = this.#options
    if (isDeflated !== isWanted) throw new Error(isWanted ? "the answer is not compressed" : "the answer is compressed")
    if (!isDeflated) return payload.equals(sent)
    if (this.#rightAnswer?.equals(payload)) return true
    const isRight = inflateRawSync(Buffer.concat([payload, tail]), syncFlush).equals(sent)
    if (isRight) this.#rightAnswer = Buffer.from(payload)
    return isRight
  }

  #readHandshake() {
    const end = this.#rest.indexOf("\r\n\r\n")
    if (end === -1) return
    const head = this.#rest.subarray(0, end).toString()
    if (!head.startsWith("HTTP/1.1 101")) throw new Error(`refused: ${head}`)
    this.#rest = this.#rest.subarray(end + 4)
    if (this.#options.dialect === "socket.io") this.#state = "hello"
    else this.#open()
  }

  #readHello(text) {
    if (text.startsWith("0")) this.#socket.write(encodeFrame(Buffer.from("40"), true))
    else if (text.startsWith("40")) this.#open()
    else throw new Error(`no Socket.IO: ${text}`)
  }
}
