import { once } from "node:events"
import type { IncomingMessage } from "node:http"
import faye from "faye-websocket"
import { WebSocket as UndiciWebSocket } from "undici"
import websocket, {
  type client as WebSocketClient,
  type connection as WebSocketConnection,
  type Message,
} from "websocket"
import { WebSocket as WsWebSocket } from "ws"
import { inbox, type Conversation } from "./talk.ts"

type Data = string | Uint8Array
type Ending = { readonly code: number; readonly reason: string }

async function ws(url: string): Promise<Conversation> {
  const socket = new WsWebSocket(url)
  const { push, next } = inbox<Data>()
  socket.on("message", (data: Buffer, isBinary) => push(isBinary ? data : data.toString()))
  const closed = once(socket, "close").then(([code, reason]): Ending => ({ code, reason: String(reason) }))
  await once(socket, "open")
  return {
    extensions: socket.extensions,
    send: (data) => socket.send(data),
    next,
    async ping(payload) {
      socket.ping(payload)
      return String((await once(socket, "pong"))[0])
    },
    async close(code, reason) {
      socket.close(code, reason)
      return (await closed).code
    },
    closed,
  }
}

async function undici(url: string): Promise<Conversation> {
  const socket = new UndiciWebSocket(url)
  socket.binaryType = "arraybuffer"
  const { push, next } = inbox<Data>()
  socket.addEventListener("message", ({ data }) =>
    push(typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer)),
  )
  const closed = new Promise<Ending>((resolve) =>
    socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason })),
  )
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve)
    socket.addEventListener("error", reject)
  })
  return {
    extensions: socket.extensions,
    send: (data) => socket.send(data),
    next,
    async close(code, reason) {
      socket.close(code, reason)
      return (await closed).code
    },
    closed,
  }
}

async function websocketNode(url: string): Promise<Conversation> {
  const client = new websocket.client() as WebSocketClient & { readonly response: IncomingMessage }
  client.connect(url)
  const [connection] = (await once(client, "connect")) as [WebSocketConnection]
  const { push, next } = inbox<Data>()
  connection.on("message", (message: Message) => push(message.type === "utf8" ? message.utf8Data : message.binaryData))
  const closed = once(connection, "close").then(([code, reason]): Ending => ({ code, reason }))
  return {
    extensions: client.response.headers["sec-websocket-extensions"] ?? "",
    send: (data) => (typeof data === "string" ? connection.sendUTF(data) : connection.sendBytes(Buffer.from(data))),
    next,
    async ping(payload) {
      connection.ping(payload)
      return String((await once(connection, "pong"))[0])
    },
    async close(code, reason) {
      connection.close(code, reason)
      return (await closed).code
    },
    closed,
  }
}

async function fayeWebsocket(url: string): Promise<Conversation> {
  const socket = new faye.Client(url)
  const { push, next } = inbox<Data>()
  socket.on("message", ({ data }) => push(data))
  const closed = new Promise<Ending>((resolve) => socket.on("close", ({ code, reason }) => resolve({ code, reason })))
  await new Promise<void>((resolve) => socket.on("open", () => resolve()))
  return {
    extensions: socket.headers["sec-websocket-extensions"] ?? "",
    send: (data) => void socket.send(typeof data === "string" ? data : Buffer.from(data)),
    next,
    async ping(payload) {
      await new Promise<void>((resolve) => socket.ping(payload, resolve))
      return payload
    },
    async close(code, reason) {
      socket.close(code, reason)
      return (await closed).code
    },
    closed,
  }
}

/** Which way a client compresses, where the server agrees to it; "up" is to the server. */
export interface Compresses {
  readonly up: boolean
  readonly down: boolean
}

/** Clients that run here, by the names of their packages. Undici, like browsers, has no way to ping. */
export const clients: readonly (readonly [
  name: string,
  ability: string,
  connect: (url: string) => Promise<Conversation>,
  compresses: Compresses,
])[] = [
  ["ws", "which compresses and inflates", ws, { up: true, down: true }],
  ["undici", "which inflates and does not compress", undici, { up: false, down: true }],
  ["websocket", "which does not offer compression", websocketNode, { up: false, down: false }],
  ["faye-websocket", "which on its own does not offer compression", fayeWebsocket, { up: false, down: false }],
]
