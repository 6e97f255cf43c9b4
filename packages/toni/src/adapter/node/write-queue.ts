import type { WsMessage } from "../../message/ws-message.ts"
import { headLength, writeHead } from "../../protocol/frame-encoder.ts"
import { Opcode } from "../../protocol/opcode.ts"

/** From this many bytes on a payload is not copied behind its head: a piece more costs less than the copy. */
const bigPayload = 16_384
/** What is set aside for frames that come after the first one of a turn; doubled as they come. */
const firstBatch = 1_024

/**
 * What waits to be written to one socket, in order. Frames of its own are written one behind the other into a buffer;
 * frames that many sockets send stay where they are.
 */
export class WriteQueue {
  #pieces: Uint8Array[] = []
  #byteLength = 0
  /** The buffer that is written into, and its part that is not yet among the pieces. */
  #batch: Buffer | undefined
  #start = 0
  #end = 0

  get byteLength(): number {
    return this.#byteLength
  }

  /** Takes the frame of a message; answers the length of its payload. */
  push(message: WsMessage): number {
    const { kind, payload } = message
    if (typeof payload !== "string") return this.pushFrame(Opcode[kind], payload)
    const payloadLength = Buffer.byteLength(payload)
    if (payloadLength >= bigPayload) return this.pushFrame(Opcode.text, Buffer.from(payload))
    const batch = this.#reserve(headLength(payloadLength) + payloadLength)
    this.#end += writeHead(batch, this.#end, Opcode.text, payloadLength)
    // As many bytes as units: the text is ASCII, which needs no encoding.
    batch.write(payload, this.#end, payloadLength, payloadLength === payload.length ? "latin1" : "utf8")
    this.#end += payloadLength
    return payloadLength
  }

  /** Takes a frame with this payload, which must not change before it is written. */
  pushFrame(opcode: number, payload: Uint8Array, isCompressed = false): number {
    const { byteLength } = payload
    const isBig = byteLength >= bigPayload
    const batch = this.#reserve(headLength(byteLength) + (isBig ? 0 : byteLength))
    this.#end += writeHead(batch, this.#end, opcode, byteLength, isCompressed)
    if (isBig) this.pushPiece(payload)
    else {
      batch.set(payload, this.#end)
      this.#end += byteLength
    }
    return byteLength
  }

  /** Takes bytes as they are. */
  pushPiece(bytes: Uint8Array): void {
    this.#seal()
    this.#pieces.push(bytes)
    this.#byteLength += bytes.byteLength
  }

  /** Hands over what waits, and is empty again. */
  take(): readonly Uint8Array[] {
    this.#seal()
    const pieces = this.#pieces
    this.#pieces = []
    this.#byteLength = 0
    this.#batch = undefined
    this.#start = 0
    this.#end = 0
    return pieces
  }

  /** A buffer with room for so many bytes from `#end` on. The first frame of a turn gets no more than it takes. */
  #reserve(byteLength: number): Buffer {
    this.#byteLength += byteLength
    const batch = this.#batch
    if (batch !== undefined && batch.byteLength - this.#end >= byteLength) return batch
    this.#seal()
    const isFirst = batch === undefined && this.#pieces.length === 0
    const size = isFirst ? byteLength : Math.max(byteLength, firstBatch, 2 * (batch?.byteLength ?? 0))
    this.#start = 0
    this.#end = 0
    return (this.#batch = Buffer.allocUnsafe(size))
  }

  #seal(): void {
    const batch = this.#batch
    if (batch === undefined || this.#end === this.#start) return
    const isWhole = this.#start === 0 && this.#end === batch.byteLength
    this.#pieces.push(isWhole ? batch : batch.subarray(this.#start, this.#end))
    this.#start = this.#end
  }
}
