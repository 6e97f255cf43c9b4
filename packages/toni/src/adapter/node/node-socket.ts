import type { Socket } from "node:net"
import type { WsMessage } from "../../message/ws-message.ts"
import { writeClose, type CloseStatus } from "../../protocol/close-payload.ts"
import { FrameDecoder, type DecoderSettings, type FrameFault, type FrameSink } from "../../protocol/frame-decoder.ts"
import { Opcode } from "../../protocol/opcode.ts"
import { unsentByKernel } from "../node-upgrade/unsent-bytes.ts"
import type { AdapterSocket, SocketEnd, SocketEvents } from "../websocket-adapter.ts"
import type { Deflate } from "./deflate.ts"
import type { Flushable, FlushSchedule } from "./flush-schedule.ts"
import { readIntoSharedBuffer } from "./shared-read-buffer.ts"
import { WriteQueue } from "./write-queue.ts"

/** From this many bytes on, what is queued is written at once. */
const muchQueued = 16_384
const nothing = new Uint8Array(0)

export interface NodeSocketParts {
  readonly socket: Socket
  /** The 101 response; it travels with the first frames. */
  readonly head: string
  readonly settings: DecoderSettings
  /** Present where permessage-deflate was agreed on. */
  readonly deflate: Deflate | undefined
  readonly events: SocketEvents
  readonly schedule: FlushSchedule
  /** Whether to read into the buffer that all sockets share, where that is possible. */
  readonly sharesReads: boolean
}

/** One connection that speaks RFC 6455 over a socket of Node, by our own protocol code. */
export class NodeSocket implements AdapterSocket, FrameSink, Flushable {
  readonly #socket: Socket
  readonly #events: SocketEvents
  readonly #schedule: FlushSchedule
  readonly #queue = new WriteQueue()
  readonly #decoder: FrameDecoder
  readonly #deflate: Deflate | undefined
  #isScheduled = false
  #closeSent = false
  #closeReceived: CloseStatus | undefined
  #isFailed = false
  /** The kernel has not taken all of the last write. */
  #isBackedUp = false
  #error: unknown
  /** The payload of the latest ping that came while the peer took nothing: one pong waits (RFC 6455 section 5.5.3). */
  #pong: Uint8Array | undefined
  readonly #written = (): void => {
    this.#isBackedUp = false
    if (this.#queue.byteLength > 0) this.flush()
    if (this.#pong !== undefined && this.isOpen) this.#dirty()
    this.#events.writable()
  }

  constructor({ socket, head, settings, deflate, events, schedule, sharesReads }: NodeSocketParts) {
    this.#socket = socket
    this.#deflate = deflate
    this.#events = events
    this.#schedule = schedule
    this.#decoder = new FrameDecoder(this, settings, deflate?.deflater)
    this.#queue.pushPiece(Buffer.from(head, "latin1"))
    this.#dirty()
    // What came early is in the stream already; only what is read from now on can go into the shared buffer.
    const read = (piece: Buffer): void => this.#decoder.read(piece)
    socket.on("data", read)
    if (sharesReads) readIntoSharedBuffer(socket, read)
    socket.on("end", this.#ended)
    socket.on("error", (error) => (this.#error ??= error))
    socket.on("close", this.#closed)
  }

  // ── what the core does with it ───────────────────────────────────────────────────────────────────────────────────

  get isOpen(): boolean {
    return !this.#closeSent && this.#closeReceived === undefined && !this.#socket.destroyed
  }

  get pendingBytes(): number {
    return this.#queue.byteLength + this.#socket.writableLength
  }

  get bytesReceived(): number {
    return this.#socket.bytesRead
  }

  get bytesFlushed(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength - unsentByKernel(this.#socket)
  }

  send(message: WsMessage): number {
    if (!this.isOpen) return 0
    const payloadLength = this.#push(message)
    this.#flushSoon()
    return payloadLength
  }

  flush(): void {
    this.#schedule.forgetLater()
    if (!this.#isBackedUp) this.#write()
  }

  close(code: number, reason: string): void {
    if (this.#closeSent) return
    this.#sendClose(code, reason)
    this.resume()
  }

  terminate(): void {
    this.#decoder.stop()
    this.#queue.take()
    this.#socket.destroy()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  // ── what the peer sends ──────────────────────────────────────────────────────────────────────────────────────────

  receivedMessage(data: Uint8Array, isText: boolean): void {
    if (!this.#closeSent) this.#events.message(data, isText)
  }

  receivedPing(payload: Uint8Array): void {
    if (!this.isOpen) return
    if (this.#pong !== undefined || this.#socket.writableLength > 0) this.#pong = payload
    else {
      this.#queue.pushFrame(Opcode.pong, payload)
      this.#flushSoon()
    }
  }

  receivedPong(): void {
    // That something came is sign enough of life; see bytesReceived.
  }

  /** Answers the peer's Close, if it is no answer itself, and ends the connection (RFC 6455 section 7.1.1). */
  receivedClose(status: CloseStatus): void {
    this.#closeReceived = status
    if (!this.#closeSent) this.#sendClose(status.code, "")
    this.#socket.destroySoon()
  }

  receivedFault({ code, message }: FrameFault): void {
    this.#isFailed = true
    this.#sendClose(code, "")
    // The peer sees the Close and the end behind it; what it still sends is read and thrown away.
    this.#socket.end()
    if (code === 1009) this.#events.violation({ kind: "limit", limit: "maxPayload", code })
    else if (code === 1008) this.#events.violation({ kind: "limit", limit: "maxFragments", code })
    else this.#events.violation({ kind: "protocol-error", code, message })
  }

  // ── the schedule ─────────────────────────────────────────────────────────────────────────────────────────────────

  flushTurn(): void {
    this.#isScheduled = false
    if (this.#pong !== undefined && this.isOpen && this.#socket.writableLength === 0) {
      this.#queue.pushFrame(Opcode.pong, this.#pong)
      this.#pong = undefined
    }
    if (!this.#isBackedUp) this.#write()
    if (this.#socket.writableLength === 0) this.#events.writable()
  }

  /**
   * Writes what is queued. While the kernel has not taken the last write, more waits in the queue instead of the stream:
   * there it costs its bytes, and leaves in one piece.
   */
  #write(): void {
    const { byteLength } = this.#queue
    const socket = this.#socket
    if (byteLength === 0 || socket.destroyed) return
    const pieces = this.#queue.take()
    const bytes = this.#schedule.shared.join(pieces, byteLength)
    if (bytes) socket.write(bytes)
    else {
      socket.cork()
      for (const piece of pieces) socket.write(piece)
      socket.uncork()
    }
    if (socket.writableLength === 0 || this.#isBackedUp) return
    // What the kernel did not take at once is told of when it is gone, by a write of nothing behind it.
    this.#isBackedUp = true
    socket.write(nothing, this.#written)
  }

  #push(message: WsMessage): number {
    const deflate = this.#deflate?.suits(message) === true ? this.#deflate : undefined
    if (message.isShared) {
      this.#schedule.forgetLater()
      this.#queue.pushPiece(this.#schedule.shared.frameOf(message, deflate))
    } else if (deflate) this.#queue.pushFrame(Opcode[message.kind], deflate.compress(message.encode()), true)
    else return this.#queue.push(message)
    return message.byteLength
  }

  #flushSoon(): void {
    if (this.#queue.byteLength >= muchQueued) this.flush()
    else this.#dirty()
  }

  #dirty(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#schedule.add(this)
  }

  #sendClose(code: number, reason: string): void {
    if (this.#closeSent) return
    this.#closeSent = true
    this.#queue.pushFrame(Opcode.close, writeClose(code, reason))
    // Nothing may be left behind when the stream is ended next.
    this.#write()
  }

  // ── the socket ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** The peer sends no more. Without a Close of its own the connection is lost; with ours under way it is over. */
  readonly #ended = (): void => {
    this.#decoder.stop()
    if (this.#closeReceived === undefined && !this.#isFailed) this.#socket.destroy()
    else this.#socket.destroySoon()
  }

  readonly #closed = (): void => {
    this.#queue.take()
    const end: SocketEnd =
      this.#closeReceived ?? (this.#error === undefined ? { reason: "" } : { reason: "", error: this.#error })
    this.#events.closed(end)
  }
}
