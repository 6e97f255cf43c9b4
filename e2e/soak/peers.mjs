// The process that the peers of the soak test live in: bare sockets, in their hundreds.
import { connect as connectTo } from "node:net"
import { churn } from "./ways.mjs"

const [textFrame, closeFrame] = [0x81, 0x88]

/** A peer with the methods of `TestClient` that the ways use. Masks with zeros. */
class Peer {
  #socket
  #received = Buffer.alloc(0)
  #texts = []
  #wake = () => undefined

  constructor(socket, rest) {
    this.#socket = socket
    this.closed = new Promise((resolve) => socket.once("close", resolve))
    socket.on("data", (chunk) => this.#read(chunk))
    socket.on("close", () => this.#wake())
    this.#read(rest)
  }

  send(text) {
    this.#write(textFrame, Buffer.from(text))
  }

  close(code) {
    this.#write(closeFrame, Buffer.from([code >> 8, code & 255]))
    return this.closed
  }

  drop() {
    this.#socket.destroy()
  }

  pauseReading() {
    this.#socket.pause()
  }

  async nextText() {
    while (this.#texts.length === 0) {
      if (this.#socket.closed) throw new Error("closed without another text")
      await new Promise((resolve) => (this.#wake = resolve))
    }
    return this.#texts.shift()
  }

  #write(first, payload) {
    const { length } = payload
    const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 255]
    this.#socket.write(Buffer.concat([Buffer.from([first, ...size, 0, 0, 0, 0]), payload]))
  }

  #read(chunk) {
    this.#received = Buffer.concat([this.#received, chunk])
    for (;;) {
      const bytes = this.#received
      if (bytes.length < 2) return
      const size = bytes[1] & 127
      const start = size === 126 ? 4 : 2
      if (size === 127 || bytes.length < start) return
      const end = start + (size === 126 ? bytes.readUInt16BE(2) : size)
      if (bytes.length < end) return
      this.#received = bytes.subarray(end)
      if (bytes[0] === textFrame) this.#texts.push(bytes.subarray(start, end).toString())
      if (bytes[0] === closeFrame && !this.#socket.writableEnded) {
        this.#write(closeFrame, bytes.subarray(start, start + 2))
        this.#socket.end()
      }
      this.#wake()
    }
  }
}

const connect = (port) => (target, handshake) =>
  new Promise((resolve, reject) => {
    const socket = connectTo({ host: "127.0.0.1", port, signal: handshake?.signal })
    let head = Buffer.alloc(0)
    const fail = () => reject(new Error(`not let in: ${head.toString("latin1").split("\r\n")[0]}`))
    const read = (chunk) => {
      head = Buffer.concat([head, chunk])
      const end = head.indexOf("\r\n\r\n")
      if (end < 0) return
      socket.off("data", read).off("close", fail)
      if (head.toString("latin1", 9, 12) === "101") return resolve(new Peer(socket, head.subarray(end + 4)))
      socket.destroy()
      fail()
    }
    // Connections that fail are what this is about.
    socket.on("error", () => undefined)
    socket.on("data", read).once("close", fail)
    socket.write(
      `GET ${target} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
  })

async function answer({ id, args: [port, count] }) {
  try {
    process.send({ id, answer: await churn(connect(port), count, 100) })
  } catch (error) {
    process.send({ id, error: String(error.stack) })
  }
}

process.on("message", (question) => void answer(question))
process.on("disconnect", () => process.exit())
