import type { Socket } from "node:net"
import type { WebSocket } from "ws"
import type { WsMessage } from "../../message/ws-message.ts"
import { unsentBytes } from "../node-upgrade/socket-internals.ts"
import type { AdapterSocket, SocketEvents, Violation } from "../websocket-adapter.ts"

const open = 1
/** What the library reports when a connection ended without a Close (RFC 6455 section 7.1.5). */
const abnormal = 1006

/** One connection of the `ws` library, in the terms of the port. */
export class WsSocket implements AdapterSocket {
  readonly #ws: WebSocket
  readonly #socket: Socket
  readonly #events: SocketEvents
  #error: unknown
  /** At most one pong waits to be written, with the payload of the latest ping (RFC 6455 section 5.5.3). */
  #isPonging = false
  #nextPong: Buffer | undefined
  /** Messages that were taken, and those of them that the operating system has. */
  #taken = 0
  #handedOver = 0

  constructor(ws: WebSocket, socket: Socket, events: SocketEvents) {
    this.#ws = ws
    this.#socket = socket
    this.#events = events
    socket.on("error", (error) => (this.#error ??= error))
    ws.on("message", (data: Buffer, isBinary) => events.message(data, !isBinary))
    ws.on("ping", (data) => this.#pong(data))
    ws.on("error", (error) => this.#failed(error))
    ws.on("close", (code, reason) => {
      if (code !== abnormal) events.closed({ code, reason: reason.toString() })
      else events.closed(this.#error === undefined ? { reason: "" } : { reason: "", error: this.#error })
    })
  }

  get isOpen(): boolean {
    return this.#ws.readyState === open
  }

  get pendingBytes(): number {
    // The library counts what is in the stream as well.
    return this.#ws.bufferedAmount - this.#socket.writableLength + unsentBytes(this.#socket)
  }

  get bytesReceived(): number {
    return this.#socket.bytesRead
  }

  get bytesFlushed(): number {
    return this.#socket.bytesWritten - unsentBytes(this.#socket)
  }

  get taken(): number {
    return this.#taken
  }

  get handedOver(): number {
    return this.#handedOver
  }

  send(message: WsMessage): number {
    this.#taken++
    const { kind, payload } = message
    if (kind === "ping") this.#ws.ping(payload, false, this.#flushed)
    else if (kind === "pong") this.#ws.pong(payload, false, this.#flushed)
    else this.#ws.send(payload, { binary: kind === "binary" }, this.#flushed)
    return message.byteLength
  }

  flush(): void {
    // The library writes at once.
  }

  close(code: number, reason: string): void {
    this.#ws.resume()
    this.#ws.close(code, reason)
  }

  terminate(): void {
    this.#ws.terminate()
  }

  pause(): void {
    this.#ws.pause()
  }

  resume(): void {
    this.#ws.resume()
  }

  readonly #flushed = (): void => {
    this.#handedOver++
    this.#events.writable()
  }

  #pong(data: Buffer): void {
    if (this.#isPonging) {
      this.#nextPong = data
      return
    }
    this.#isPonging = true
    this.#ws.pong(data, false, () => {
      this.#isPonging = false
      const next = this.#nextPong
      this.#nextPong = undefined
      if (next && this.isOpen) this.#pong(next)
    })
  }

  #failed(error: Error & { code?: string }): void {
    this.#error ??= error
    const violation = violationOf(error)
    if (violation) this.#events.violation(violation)
  }
}

/** The library's error codes in the terms of the port; other errors are losses of the connection. */
function violationOf({ code, message }: Error & { code?: string }): Violation | undefined {
  if (code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH" || code === "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH") {
    return { kind: "limit", limit: "maxPayload", code: 1009 }
  }
  if (code === "WS_ERR_TOO_MANY_BUFFERED_PARTS") return { kind: "limit", limit: "maxFragments", code: 1008 }
  if (code === "WS_ERR_INVALID_UTF8") return { kind: "protocol-error", code: 1007, message }
  return code?.startsWith("WS_ERR_") ? { kind: "protocol-error", code: 1002, message } : undefined
}
