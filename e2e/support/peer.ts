import { once } from "node:events"
import type { IncomingMessage } from "node:http"
import { WebSocket, type ClientOptions } from "ws"

/** A WebSocket client, whose messages are asked for one by one. Disposing of it cuts it. */
export interface Peer extends AsyncDisposable {
  readonly socket: WebSocket
  /** The next message, as text. */
  next(): Promise<string>
  /** Sends, and waits for the next message. */
  ask(text: string): Promise<string>
  /** The close code. */
  readonly closed: Promise<number>
}

/** Connects; rejects when the upgrade is refused. */
export async function connect(url: string, options: ClientOptions = {}, protocols: string[] = []): Promise<Peer> {
  const socket = new WebSocket(url, protocols, options)
  const inbox: string[] = []
  let wake: () => void = () => undefined
  socket.on("message", (data: Buffer) => {
    inbox.push(data.toString())
    wake()
  })
  const closed = new Promise<number>((resolve) => void socket.once("close", resolve))
  await once(socket, "open")
  const next = async (): Promise<string> => {
    while (inbox.length === 0) {
      await Promise.race([
        new Promise<void>((resolve) => (wake = resolve)),
        closed.then((code) => Promise.reject(new Error(`closed with ${code} instead of a message`))),
      ])
    }
    return inbox.shift() as string
  }
  return {
    socket,
    next,
    closed,
    ask: (text) => {
      socket.send(text)
      return next()
    },
    [Symbol.asyncDispose]: async () => {
      socket.terminate()
      await closed
    },
  }
}

/** The HTTP answer to an upgrade that is refused; rejects when it is not. */
export async function refused(
  url: string,
  options: ClientOptions = {},
  protocols: string[] = [],
): Promise<IncomingMessage> {
  const socket = new WebSocket(url, protocols, options)
  return new Promise((resolve, reject) => {
    socket.on("unexpected-response", (_, response) => {
      response.resume()
      resolve(response)
    })
    socket.on("error", reject)
    socket.on("open", () => {
      socket.terminate()
      reject(new Error(`${url} was accepted`))
    })
  })
}
