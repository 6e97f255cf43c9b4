import type { Socket } from "node:net"
import type { WsMessage } from "../../message/ws-message.ts"
import { headLength, writeHead } from "../../protocol/frame-encoder.ts"
import { ToniError } from "../../errors.ts"
import { Opcode } from "../../protocol/opcode.ts"
import { bigPiece, frameInPlace } from "./head-room.ts"
import type { FrameRun } from "./shared-frames.ts"

/** What is set aside for frames that come after the first one of a turn; doubled as they come. */
const firstBatch = 1_024

/**
 * What waits to be written to one socket, in order. Frames that it alone sends are written one behind the other into a
 * batch; of frames that many sockets send it only keeps the run, until something else comes behind them.
 */
export class WriteQueue {
  #byteLength = 0
  #run: FrameRun | undefined
  /** What comes before the batch, where something was too big for it. */
  #pieces: Uint8Array[] | undefined
  #batch: Buffer | undefined
  #end = 0

  get byteLength(): number {
    return this.#byteLength
  }

  /** Takes the frame of a message; answers the length of its payload. */
  push(message: WsMessage): number {
    const { kind, payload } = message
    if (typeof payload !== "string") return this.pushFrame(Opcode[kind], payload)
    const payloadLength = Buffer.byteLength(payload)
    if (payloadLength >= bigPiece) return this.pushFrame(Opcode.text, Buffer.from(payload))
    const batch = this.#reserve(headLength(payloadLength) + payloadLength)
    this.#end += writeHead(batch, this.#end, Opcode.text, payloadLength)
    // As many bytes as units: the text is ASCII, which needs no encoding.
    batch.write(payload, this.#end, payloadLength, payloadLength === payload.length ? "latin1" : "utf8")
    this.#end += payloadLength
    return payloadLength
  }

  /** Takes a frame with this payload, which must not change before it is written. */
  pushFrame(opcode: number, payload: Uint8Array, isCompressed = false): number {
    const { length } = payload
    if (length >= bigPiece) this.#pushBigFrame(opcode, payload, isCompressed)
    else {
      const batch = this.#reserve(headLength(length) + length)
      this.#end += writeHead(batch, this.#end, opcode, length, isCompressed)
      batch.set(payload, this.#end)
      this.#end += length
    }
    return length
  }

  /** Takes the frame that begins a run. */
  pushShared(frame: FrameRun): void {
    if (this.#byteLength === 0) this.#run = frame
    else {
      const run = this.#run?.with(frame)
      if (run === undefined) return this.#pushBytes(frame.bytes)
      this.#run = run
    }
    this.#byteLength += frame.byteLength
  }

  /** Takes text of single-byte characters as it is. */
  pushLatin1(text: string): void {
    const batch = this.#reserve(text.length)
    this.#end += batch.write(text, this.#end, "latin1")
  }

  /** Hands what waits to the socket, and is empty again. Throws when some of it is gone, before it writes anything. */
  writeTo(socket: Socket): void {
    if (this.#run !== undefined) {
      const { bytes } = this.#run
      if (bytes.length !== this.#byteLength) throw detached()
      socket.write(bytes)
    } else if (this.#pieces === undefined) this.#writeBatch(socket)
    else {
      this.#seal()
      if (lengthOf(this.#pieces) !== this.#byteLength) throw detached()
      if (this.#pieces.length > 1) socket.cork()
      for (const piece of this.#pieces) socket.write(piece)
      socket.uncork()
    }
    this.clear()
  }

  /** The batch is written to again, unless it is large or somebody still reads from it. */
  #writeBatch(socket: Socket): void {
    const batch = this.#batch as Buffer
    socket.write(batch.subarray(0, this.#end))
    if (socket.writableLength > 0 || batch.length > bigPiece) this.#batch = undefined
  }

  clear(): void {
    this.#byteLength = 0
    this.#run = undefined
    this.#pieces = undefined
    this.#end = 0
  }

  /** A batch with room for so many bytes from `#end` on. The first one has no more room than that. */
  #reserve(byteLength: number): Buffer {
    if (this.#run !== undefined) this.#leaveRun()
    this.#byteLength += byteLength
    const batch = this.#batch
    if (batch === undefined) return (this.#batch = Buffer.allocUnsafe(byteLength))
    if (batch.length - this.#end >= byteLength) return batch
    return this.#grow(batch, byteLength)
  }

  #grow(batch: Buffer, byteLength: number): Buffer {
    if (this.#end >= bigPiece) this.#seal()
    const grown = Buffer.allocUnsafe(Math.max(this.#end + byteLength, firstBatch, 2 * batch.length))
    if (this.#end > 0) grown.set(batch.subarray(0, this.#end))
    return (this.#batch = grown)
  }

  /** Something else comes behind frames that many send: from now on the socket goes its own way. */
  #leaveRun(): void {
    const { bytes } = this.#run as FrameRun
    this.#run = undefined
    this.#byteLength = 0
    this.#pushBytes(bytes)
  }

  #pushBigFrame(opcode: number, payload: Uint8Array, isCompressed: boolean): void {
    const whole = isCompressed ? undefined : frameInPlace(opcode, payload)
    if (whole !== undefined) return this.#pushBytes(whole)
    const batch = this.#reserve(headLength(payload.length))
    this.#end += writeHead(batch, this.#end, opcode, payload.length, isCompressed)
    this.#pushPiece(payload)
  }

  #pushBytes(bytes: Uint8Array): void {
    if (this.#run !== undefined) this.#leaveRun()
    if (bytes.length >= bigPiece) return this.#pushPiece(bytes)
    this.#reserve(bytes.length).set(bytes, this.#end)
    this.#end += bytes.length
  }

  #pushPiece(bytes: Uint8Array): void {
    this.#seal()
    ;(this.#pieces ??= []).push(bytes)
    this.#byteLength += bytes.length
  }

  /** What is in the batch becomes a piece. */
  #seal(): void {
    if (this.#batch !== undefined && this.#end > 0) (this.#pieces ??= []).push(this.#batch.subarray(0, this.#end))
    this.#batch = undefined
    this.#end = 0
  }
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  let length = 0
  for (const piece of pieces) length += piece.length
  return length
}

/** An array whose memory was transferred has a length of 0 from then on: a head would promise what does not come. */
function detached(): ToniError {
  return new ToniError(
    "TONI_BAD_ARGUMENT",
    "The memory of an array that was sent was transferred before it was written.",
    {
      fix: "Transfer it after `await client.flushed()`, or send a copy: `bytes.slice()`.",
    },
  )
}
