import type { WsMessage } from "../../message/ws-message.ts"
import { headLength, writeHead } from "../../protocol/frame-encoder.ts"
import { Opcode } from "../../protocol/opcode.ts"
import type { Deflate } from "./deflate.ts"

/** From this many bytes on, pieces are not joined: the copy would cost more than a longer list of them. */
const bigPiece = 16_384

/**
 * What sockets share in a turn of the event loop: the frame of a message that many get is made once, and followers who
 * got the same frames get the same bytes.
 */
export class SharedFrames {
  #message: WsMessage | undefined
  /** The frames of the message by the window that they are compressed in; 0 is not at all. */
  readonly #frames = new Map<number, Uint8Array>()
  #pieces: readonly Uint8Array[] = []
  #joined: Uint8Array | undefined

  /** The frame of a message that was meant for many. */
  frameOf(message: WsMessage, deflate?: Deflate): Uint8Array {
    if (message !== this.#message) this.#frames.clear()
    this.#message = message
    const window = deflate?.windowBits ?? 0
    const known = this.#frames.get(window)
    if (known) return known
    const payload = deflate ? deflate.compress(message.encode()) : message.encode()
    const { byteLength } = payload
    const frame = Buffer.allocUnsafe(headLength(byteLength) + byteLength)
    frame.set(payload, writeHead(frame, 0, Opcode[message.kind], byteLength, deflate !== undefined))
    this.#frames.set(window, frame)
    return frame
  }

  /** The pieces as one; the same ones again cost nothing. `undefined` when they are better written one by one. */
  join(pieces: readonly Uint8Array[], byteLength: number): Uint8Array | undefined {
    if (pieces.length === 1) return pieces[0]
    if (this.#joined && isSame(pieces, this.#pieces)) return this.#joined
    if (pieces.some((piece) => piece.byteLength >= bigPiece)) return undefined
    this.#pieces = pieces
    return (this.#joined = Buffer.concat(pieces, byteLength))
  }

  /** Keeps nothing of what was sent. */
  forget(): void {
    // Most turns share nothing, and clearing a map costs something even when it is empty.
    if (this.#message === undefined && this.#joined === undefined) return
    this.#message = undefined
    this.#frames.clear()
    this.#pieces = []
    this.#joined = undefined
  }
}

function isSame(left: readonly Uint8Array[], right: readonly Uint8Array[]): boolean {
  return left.length === right.length && left.every((piece, index) => piece === right[index])
}
