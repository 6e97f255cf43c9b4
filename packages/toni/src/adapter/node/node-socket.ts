import type { Socket } from "node:net"
import type { WsMessage } from "../../message/ws-message.ts"
import { writeClose, type CloseStatus } from "../../protocol/close-payload.ts"
import { FrameDecoder, type DecoderSettings, type FrameFault, type FrameSink } from "../../protocol/frame-decoder.ts"
import { Opcode } from "../../protocol/opcode.ts"
import { endOnError } from "../node-upgrade/released-socket.ts"
import { forgetAddress, isBackedUp, unsentBytes } from "../node-upgrade/socket-internals.ts"
import type { AdapterSocket, SocketEnd, SocketEvents } from "../websocket-adapter.ts"
import type { Deflate } from "./deflate.ts"
import { noteHeadRoom } from "./head-room.ts"
import { sharedReads } from "./shared-read-buffer.ts"
import { SocketReader } from "./socket-reader.ts"
import type { Flushable, TurnSchedule } from "./turn-schedule.ts"
import type { WriteQueue } from "./write-queue.ts"

/** From this many bytes on, what is queued is written at once. */
const muchQueued = 16_384
const nothing = new Uint8Array(0)

/** Under this name a socket of Node knows whose it is: listeners are the same functions for all sockets. */
const owner = Symbol("toni")
type OwnedSocket = Socket & { [owner]: NodeSocket }

const readShared = sharedReads(function (bytes) {
  ;(this as OwnedSocket)[owner].readShared(bytes)
})

export interface NodeSocketParts {
  readonly socket: Socket
  /** The 101 response; it travels with the first frames. */
  readonly head: string
  readonly settings: DecoderSettings
  /** Present where permessage-deflate was agreed on. */
  readonly deflate: Deflate | undefined
  readonly events: SocketEvents
  readonly schedule: TurnSchedule
  /** Whether to read into the buffer that all sockets share, where that is possible. */
  readonly sharesReads: boolean
}

/**
 * One connection that speaks RFC 6455 over a socket of Node, by our own protocol code. What only busy connections need
 * comes and goes with the need.
 */
export class NodeSocket implements AdapterSocket, FrameSink, Flushable {
  readonly #socket: Socket
  readonly #events: SocketEvents
  readonly #schedule: TurnSchedule
  readonly #decoder: FrameDecoder
  readonly #deflate: Deflate | undefined
  /** Present while something waits to be written. */
  #queue: WriteQueue | undefined
  /** Present once something was read. */
  #reader: SocketReader | undefined
  #isScheduled = false
  /** Grows with each read. The socket counts bytes, but natively: asked once a second for all, that costs most of a sweep. */
  #received = 0
  /**
   * Nothing can be said any more: a Close was, or the connection is gone. The stream knows the latter too, but to ask it
   * for each of many followers costs as much as the rest.
   */
  #hasFinished = false
  /** A Close of ours was said: messages that still come are thrown away. */
  #hasSaidClose = false
  #closeReceived: CloseStatus | undefined
  /** The kernel has not taken all of the last write. */
  #isBackedUp = false
  /** The payload of the latest ping that came while the peer took nothing: one pong waits (RFC 6455 section 5.5.3). */
  #pong: Uint8Array | undefined
  /** The 101 response was handed to the stream. */
  #isAnswered = false
  /** What was thrown where nobody else would catch it; told when the socket is gone. */
  #failure: { readonly error: unknown } | undefined

  constructor({ socket, head, settings, deflate, events, schedule, sharesReads }: NodeSocketParts) {
    this.#socket = socket
    this.#deflate = deflate
    this.#events = events
    this.#schedule = schedule
    this.#decoder = new FrameDecoder(this, settings)
    this.#queued().pushLatin1(head)
    this.#dirty()
    ;(socket as OwnedSocket)[owner] = this
    forgetAddress(socket)
    // Over TLS Node would end our direction with the peer's, though what the peer has sent may not be decoded.
    socket.allowHalfOpen = true
    // What came early is in the stream already; only what is read from now on can go into the shared buffer.
    socket.on("data", onData)
    if (sharesReads) readShared(socket)
    socket.on("end", onEnd)
    socket.on("error", endOnError)
    socket.on("close", onClose)
  }

  // ── what the core does with it ───────────────────────────────────────────────────────────────────────────────────

  get isOpen(): boolean {
    return !this.#hasFinished && this.#closeReceived === undefined
  }

  get pendingBytes(): number {
    const queued = this.#queue === undefined ? 0 : this.#queue.byteLength
    return this.#isBackedUp ? queued + unsentBytes(this.#socket) : queued
  }

  get bytesReceived(): number {
    return this.#received
  }

  get bytesFlushed(): number {
    return this.#socket.bytesWritten - unsentBytes(this.#socket)
  }

  get taken(): number {
    return this.#socket.bytesWritten + (this.#queue?.byteLength ?? 0)
  }

  get handedOver(): number {
    return this.bytesFlushed
  }

  send(message: WsMessage, isShared = false): number {
    if (!this.isOpen) return 0
    try {
      const queue = this.#queued()
      const payloadLength = this.#push(queue, message, isShared)
      this.#flushSoon(queue)
      return payloadLength
    } catch (error) {
      this.broke(error)
      return 0
    }
  }

  flush(): void {
    if (!this.#isBackedUp) this.#write()
  }

  close(code: number, reason: string): void {
    if (this.#hasFinished || this.#socket.destroyed) return
    this.#sendClose(code, reason)
    if (!this.#socket.destroyed) this.resume()
  }

  terminate(): void {
    // A peer that was accepted is told so, even if nothing follows.
    if (!this.#isAnswered) this.#write()
    this.#hasFinished = true
    this.#decoder.stop()
    this.#forgetQueue()
    this.#socket.destroy()
  }

  /**
   * Ends a socket of which some code threw: nothing of what is half done can be gone on with. The core is told when the
   * socket is gone, never within one of its own calls.
   */
  broke(error: unknown): void {
    this.#failure ??= { error }
    this.#hasFinished = true
    this.#decoder.stop()
    // It may be half filled, and is not used again.
    this.#queue = undefined
    this.#socket.destroy()
  }

  pause(): void {
    this.#reads().pause()
  }

  resume(): void {
    this.#reads().resume()
  }

  // ── what the peer sends ──────────────────────────────────────────────────────────────────────────────────────────

  receivedMessage(data: Uint8Array, isText: boolean, isWhole: boolean): void {
    if (isWhole) noteHeadRoom(data)
    if (!this.#hasSaidClose) this.#events.message(data, isText)
  }

  receivedPing(payload: Uint8Array): void {
    if (!this.isOpen) return
    if (this.#pong !== undefined || isBackedUp(this.#socket)) this.#pong = payload
    else {
      const queue = this.#queued()
      queue.pushFrame(Opcode.pong, payload)
      this.#flushSoon(queue)
    }
  }

  receivedPong(): void {
    // That something came is sign enough of life; see bytesReceived.
  }

  /** Answers the peer's Close, if it is no answer itself, and ends the connection (RFC 6455 section 7.1.1). */
  receivedClose(status: CloseStatus): void {
    this.#closeReceived = status
    if (!this.#hasFinished) this.#sendClose(status.code, status.reason)
    this.#socket.destroySoon()
  }

  receivedFault({ code, message }: FrameFault): void {
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
    if (this.#pong !== undefined && this.isOpen && !this.#isBackedUp) {
      this.#queued().pushFrame(Opcode.pong, this.#pong)
      this.#pong = undefined
    }
    if (this.#isBackedUp) return
    this.#write()
    if (!this.#isBackedUp) this.#events.writable()
  }

  /**
   * Writes what is queued. While the kernel has not taken the last write, more waits in the queue instead of the stream:
   * there it costs its bytes, and leaves in one piece.
   */
  #write(): void {
    const queue = this.#queue
    const socket = this.#socket
    if (queue === undefined || queue.byteLength === 0 || socket.destroyed) return
    try {
      queue.writeTo(socket)
    } catch (error) {
      return this.broke(error)
    }
    this.#isAnswered = true
    this.#forgetQueue()
    if (socket.writableLength === 0 || this.#isBackedUp) return
    // What the kernel did not take at once is told of when it is gone, by a write of nothing behind it.
    this.#isBackedUp = true
    socket.write(nothing, () => this.#written())
  }

  #written(): void {
    try {
      this.#isBackedUp = false
      this.#write()
      if (this.#pong !== undefined && this.isOpen) this.#dirty()
      this.#events.writable()
    } catch (error) {
      this.broke(error)
    }
  }

  #push(queue: WriteQueue, message: WsMessage, isShared: boolean): number {
    const deflate = this.#deflate?.suits(message) === true ? this.#deflate : undefined
    if (isShared) {
      this.#schedule.forgetLater()
      queue.pushShared(this.#schedule.shared.frameOf(message, deflate))
    } else if (deflate) queue.pushFrame(Opcode[message.kind], deflate.compress(message.encode()), true)
    else return queue.push(message)
    return message.byteLength
  }

  #queued(): WriteQueue {
    return (this.#queue ??= this.#schedule.borrowQueue())
  }

  #forgetQueue(): void {
    if (this.#queue !== undefined) this.#schedule.returnQueue(this.#queue)
    this.#queue = undefined
  }

  #flushSoon(queue: WriteQueue): void {
    if (queue.byteLength >= muchQueued) this.flush()
    else this.#dirty()
  }

  #reads(): SocketReader {
    return (this.#reader ??= new SocketReader(this, this.#socket, this.#decoder, this.#schedule))
  }

  #dirty(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#schedule.add(this)
  }

  #sendClose(code: number, reason: string): void {
    if (this.#hasFinished) return
    this.#hasFinished = true
    this.#hasSaidClose = true
    this.#queued().pushFrame(Opcode.close, writeClose(code, reason))
    // Nothing may be left behind when the stream is ended next.
    this.#write()
  }

  // ── the socket ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes what lies in the buffer that all sockets share. */
  readShared(bytes: Uint8Array): void {
    this.#received = (this.#received + 1) | 0
    try {
      this.#reads().readShared(bytes)
    } catch (error) {
      this.broke(error)
    }
  }

  /** Takes bytes that nobody else has. */
  read(bytes: Uint8Array): void {
    this.#received = (this.#received + 1) | 0
    try {
      this.#reads().read(bytes)
    } catch (error) {
      this.broke(error)
    }
  }

  /** The peer sends no more. What it has sent may still wait for its turn. */
  stopped(): void {
    if (this.#reader === undefined) this.ended()
    else this.#reader.end()
  }

  /** All is read. What we have ended, by a Close, is over when it is written; everything else is lost. */
  ended(): void {
    try {
      this.#decoder.stop()
      if (this.#socket.writableEnded) return this.#socket.destroySoon()
      this.#hasFinished = true
      this.#socket.destroy()
    } catch (error) {
      this.broke(error)
    }
  }

  /** The socket may have been ended by anybody: the hooks that follow are called in nobody's context. */
  closed(): void {
    this.#schedule.context.isolate(tellClosed, this)
  }

  tellClosed(): void {
    this.#hasFinished = true
    try {
      this.#reader?.finish()
    } catch (error) {
      this.broke(error)
    }
    try {
      this.#decoder.stop()
      this.#forgetQueue()
      if (this.#failure !== undefined) this.#events.failed(this.#failure.error)
      this.#events.closed(this.#end)
    } catch (error) {
      this.#events.failed(error)
    }
  }

  get #end(): SocketEnd {
    if (this.#failure !== undefined) return { reason: "", error: this.#failure.error }
    const { errored } = this.#socket
    return this.#closeReceived ?? (errored === null ? { reason: "" } : { reason: "", error: errored })
  }
}

function onData(this: Socket, bytes: Uint8Array): void {
  ;(this as OwnedSocket)[owner].read(bytes)
}

function onEnd(this: Socket): void {
  ;(this as OwnedSocket)[owner].stopped()
}

function onClose(this: Socket): void {
  ;(this as OwnedSocket)[owner].closed()
}

function tellClosed(socket: NodeSocket): void {
  socket.tellClosed()
}
