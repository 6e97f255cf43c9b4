import { once } from "node:events"
import type { IncomingMessage } from "node:http"
import { WebSocket, type ClientOptions } from "ws"

/** The other end of a connection, as the guide's tests use it. `await using` cuts it with the test. */
export interface Peer extends AsyncDisposable {
  readonly socket: WebSocket
  /** The next message: text as a string, the rest as bytes. None is lost before it is asked for. */
  next(): Promise<string | Buffer>
  /** How the connection ended. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

export interface ConnectOptions extends ClientOptions {
  readonly protocols?: readonly string[]
}

/** Connects to a gateway; rejects when the handshake is refused. */
export async function connect(url: string, { protocols = [], ...options }: ConnectOptions = {}): Promise<Peer> {
  const socket = new WebSocket(url, [...protocols], options)
  const inbox: (string | Buffer)[] = []
  const waiting: ((message: string | Buffer) => void)[] = []
  socket.on("message", (data: Buffer, isBinary) => {
    const message = isBinary ? data : data.toString()
    const deliver = waiting.shift()
    if (deliver) deliver(message)
    else inbox.push(message)
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() })),
  )
  await once(socket, "open")
  return {
    socket,
    closed,
    next: () => {
      const message = inbox.shift()
      return message === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(message)
    },
    [Symbol.asyncDispose]: async () => {
      socket.terminate()
      await closed
    },
  }
}

/** What a refused handshake was answered with. */
export async function refusedBy(url: string, { protocols = [], ...options }: ConnectOptions = {}) {
  const socket = new WebSocket(url, [...protocols], options)
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage]
  response.resume()
  return { status: response.statusCode, headers: response.headers }
}
