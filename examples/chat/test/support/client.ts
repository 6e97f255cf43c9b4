import { WebSocket, type ClientOptions } from "ws"

/** A client on a real socket, whose messages are read one by one. */
export class TestClient {
  readonly socket: WebSocket
  readonly #unread: string[] = []
  readonly #readers: ((message: string) => void)[] = []
  /** The code and reason of the Close. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  /** The status and headers of a refused handshake. */
  readonly refused: Promise<{ readonly status: number | undefined; readonly challenge: string | undefined }>

  constructor(url: string, protocols: readonly string[] = [], options: ClientOptions = {}) {
    this.socket = new WebSocket(url, [...protocols], options)
    this.socket.on("message", (data: Buffer) => {
      const message = data.toString()
      const read = this.#readers.shift()
      if (read) read(message)
      else this.#unread.push(message)
    })
    this.socket.on("error", () => undefined)
    this.closed = new Promise((resolve) => {
      this.socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }))
    })
    this.refused = new Promise((resolve) => {
      this.socket.on("unexpected-response", (request, { statusCode, headers }) => {
        resolve({ status: statusCode, challenge: headers["www-authenticate"] })
        request.destroy()
      })
    })
  }

  /** The next message, in the order of arrival. */
  next(): Promise<string> {
    const message = this.#unread.shift()
    return message === undefined ? new Promise((resolve) => this.#readers.push(resolve)) : Promise.resolve(message)
  }

  async nextJson(): Promise<any> {
    return JSON.parse(await this.next())
  }

  send(message: string | Uint8Array): void {
    this.socket.send(message)
  }

  sendJson(value: unknown): void {
    this.send(JSON.stringify(value))
  }
}
