import type { Socket } from "node:net"
import type { WebSocket } from "ws"
import type { WsMessage } from "../../message/ws-message.ts"
import { isBackedUp, unsentBytes } from "../node-upgrade/socket-internals.ts"
import type { AdapterSocket, SocketEnd, SocketEvents, Violation } from "../websocket-adapter.ts"
import { guardListeners } from "./guarded-listeners.ts"
import { holdInflation, neverInflated, type HeldInflation } from "./held-inflation.ts"
import { ownBytes } from "./own-bytes.ts"

const open = 1
/** What the library reports when a connection ended without a Close (RFC 6455 section 7.1.5). */
const abnormal = 1006

/** So many bytes may wait in the library, which queues behind what it compresses, before pongs wait for each other. */
const mostPongs = 65_536

/** One connection of the `ws` library, in the terms of the port. */
export class WsSocket implements AdapterSocket {
  readonly #ws: WebSocket
  readonly #socket: Socket
  readonly #events: SocketEvents
  readonly #maxPayload: number
  readonly #inflation: HeldInflation | undefined
  #error: unknown
  /** A message was too long for the gateway, though not for the library: nothing follows. */
  #isOver = false
  #isBroken = false
  #hasEnded = false
  /** Pongs that the operating system has not taken, and the payload of the latest ping that waits for its own. */
  #pongs = 0
  #nextPong: Buffer | undefined
  /** Messages that were taken, and those of them that the operating system has. */
  #taken = 0
  #handedOver = 0

  /** `maxPayload` is that of the gateway; the library has a larger one where it compresses. */
  constructor(ws: WebSocket, socket: Socket, events: SocketEvents, maxPayload: number) {
    this.#ws = ws
    this.#socket = socket
    this.#events = events
    this.#maxPayload = maxPayload
    this.#inflation = holdInflation(ws, socket, this.#broke)
    ws.on("message", (data: Buffer, isBinary) => this.#message(data, !isBinary))
    ws.on("ping", (data) => this.#pong(data))
    ws.on("error", (error) => this.#failed(error))
    ws.on("close", (code, reason) => this.#closed(code, reason))
    // What reads, messages and pings among it, is called by the listeners of the socket.
    guardListeners(ws, ["error", "close"], this.#broke)
    guardListeners(socket, ["data", "end", "error", "close"], this.#broke)
    socket.on("error", (error) => (this.#error ??= error))
    socket.on("close", this.#socketClosed)
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
    try {
      if (kind === "ping") this.#ws.ping(payload, false, this.#flushed)
      else if (kind === "pong") this.#ws.pong(payload, false, this.#flushed)
      else this.#ws.send(payload, { binary: kind === "binary" }, this.#flushed)
    } catch (error) {
      // Bytes that were transferred to a worker since the message was made; whoever sends is not the one who did that.
      queueMicrotask(() => this.#broke(error))
    }
    return message.byteLength
  }

  flush(): void {
    // The library writes at once.
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason)
    this.resume()
  }

  terminate(): void {
    this.#inflation?.stop()
    this.#ws.terminate()
  }

  pause(): void {
    this.#ws.pause()
  }

  resume(): void {
    this.#ws.resume()
    this.#inflation?.resume()
  }

  #message(data: Buffer, isText: boolean): void {
    if (this.#isOver || this.#isBroken) return
    if (data.byteLength <= this.#maxPayload) return this.#events.message(ownBytes(data), isText)
    this.#isOver = true
    this.#ws.close(1009)
    this.#events.violation({ kind: "limit", limit: "maxPayload", code: 1009 })
  }

  /** A pong waits only when one waits already and the peer takes nothing; then the latest is enough (section 5.5.3). */
  #pong(data: Buffer): void {
    if (this.#pongs > 0 && (isBackedUp(this.#socket) || this.#ws.bufferedAmount > mostPongs)) {
      this.#nextPong = data
      return
    }
    this.#pongs++
    this.#ws.pong(data, false, this.#ponged)
  }

  readonly #ponged = (): void => {
    this.#pongs--
    const next = this.#nextPong
    if (next === undefined || this.#pongs > 0) return
    this.#nextPong = undefined
    if (this.isOpen) this.#pong(next)
  }

  readonly #flushed = (): void => {
    this.#handedOver++
    try {
      this.#events.writable()
    } catch (error) {
      this.#broke(error)
    }
  }

  #failed(error: Error & { code?: string }): void {
    if (error === neverInflated) return
    this.#error ??= error
    const violation = this.#isOver ? undefined : violationOf(error)
    if (violation) this.#events.violation(violation)
  }

  #closed(code: number, reason: Buffer): void {
    if (code === abnormal) this.#tellEnd({ reason: "" })
    else this.#tellEnd({ code, reason: reason.toString() })
  }

  #tellEnd(end: SocketEnd): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    const isLost = end.code === undefined && this.#error !== undefined
    this.#events.closed(isLost ? { ...end, error: this.#error } : end)
  }

  /** The library may be beyond telling the end of a socket that it has broken. */
  readonly #socketClosed = (): void => {
    try {
      this.#inflation?.end()
      if (this.#isBroken) this.#tellEnd({ reason: "" })
    } catch (error) {
      this.#broke(error)
    }
  }

  /** Something threw where nobody would catch it: this connection ends, and no other. */
  readonly #broke = (error: unknown): void => {
    const isGone = this.#socket.closed
    if (!this.#isBroken) this.#error = error
    this.#isBroken = true
    this.#inflation?.stop()
    this.#socket.destroy()
    try {
      this.#events.failed(error)
    } catch {
      // There is nobody left to tell.
    }
    if (isGone) queueMicrotask(this.#socketClosed)
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
