import { connect, type Socket } from "node:net"
import { once } from "node:events"

/** A bare TCP connection to a server, for what no well-behaved client would send. */
export interface Wire extends AsyncDisposable {
  readonly socket: Socket
  send(...parts: (string | Buffer)[]): void
  /** Waits until what came back matches, and returns all of it. */
  until(pattern: RegExp): Promise<string>
  /** Everything that came back, once the server has ended the connection. */
  readonly ended: Promise<string>
}

/** Connects to a port of the loopback interface. Text is sent as Latin-1: one byte a character. */
export async function wire(port: number): Promise<Wire> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true })
  await once(socket, "connect")
  let received = ""
  socket.on("data", (data) => (received += data.toString("latin1")))
  socket.on("error", () => undefined)
  const ended = new Promise<string>((resolve) => {
    socket.once("end", () => resolve(received))
    socket.once("close", () => resolve(received))
  })
  return {
    socket,
    ended,
    send: (...parts) => void socket.write(Buffer.concat(parts.map((part) => Buffer.from(part as string, "latin1")))),
    until: async (pattern) => {
      while (!pattern.test(received)) {
        await Promise.race([
          once(socket, "data"),
          ended.then(
            () => pattern.test(received) || Promise.reject(new Error(`ended after: ${received.slice(0, 500)}`)),
          ),
        ])
      }
      return received
    },
    [Symbol.asyncDispose]: async () => {
      if (socket.closed) return
      socket.destroy()
      await once(socket, "close")
    },
  }
}

/** The head of a well-formed opening handshake, with these headers besides or instead; an empty one is left out. */
export function handshake(target: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = {
    Host: "localhost",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  }
  const lines = Object.entries(all).flatMap(([name, value]) => (value === "" ? [] : [`${name}: ${value}`]))
  return `GET ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`
}

/** A text frame as a client sends it, masked with zeros. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const length =
    payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 255]
  return Buffer.concat([Buffer.from([0x81, ...length, 0, 0, 0, 0]), payload])
}
