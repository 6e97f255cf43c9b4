import { markAsUntransferable } from "node:worker_threads"
import type { WsMessage } from "../../message/ws-message.ts"
import { headLength, writeHead } from "../../protocol/frame-encoder.ts"
import { Opcode } from "../../protocol/opcode.ts"
import type { Deflate } from "./deflate.ts"
import { frameInPlace } from "./head-room.ts"

/**
 * Frames that many sockets send one behind the other. Sockets that were sent the same frames are at the same run: for
 * each of them a frame more is a step along it, and all write the same bytes.
 */
export class FrameRun {
  readonly byteLength: number
  /** What comes before the frame, until all of it is joined. */
  #before: FrameRun | undefined
  readonly #frame: Uint8Array
  #after: FrameRun | undefined
  #bytes: Uint8Array | undefined

  constructor(frame: Uint8Array, before?: FrameRun) {
    this.#frame = frame
    this.#before = before
    this.byteLength = frame.length + (before?.byteLength ?? 0)
  }

  /** This run with the frame of another one, of a single frame, behind it; `undefined` when others went on otherwise. */
  with(next: FrameRun): FrameRun | undefined {
    this.#after ??= new FrameRun(next.#frame, this)
    return this.#after.#frame === next.#frame ? this.#after : undefined
  }

  /** The frames as one; they are joined once for everybody. */
  get bytes(): Uint8Array {
    if (this.#bytes === undefined) {
      this.#bytes = this.#before === undefined ? this.#frame : this.#join()
      // Who is further along begins with these bytes; what they were made of is not kept beside them.
      this.#before = undefined
    }
    return this.#bytes
  }

  #join(): Uint8Array {
    const bytes = Buffer.allocUnsafe(this.byteLength)
    for (let run: FrameRun | undefined = this; run !== undefined; run = run.#before) {
      const piece = run.#bytes ?? run.#frame
      bytes.set(piece, run.byteLength - piece.length)
    }
    return bytes
  }
}

/** What sockets share in a turn of the event loop: the frame of a message that many get is made once. */
export class SharedFrames {
  #message: WsMessage | undefined
  #plain: FrameRun | undefined
  /** The frames of the message by the window that they are compressed in. */
  readonly #compressed = new Map<number, FrameRun>()

  /** The frame of a message that was meant for many, as the beginning of a run. */
  frameOf(message: WsMessage, deflate: Deflate | undefined): FrameRun {
    if (message !== this.#message) {
      this.forget()
      this.#message = message
    }
    if (deflate === undefined) return (this.#plain ??= frame(message, message.encode(), false))
    const known = this.#compressed.get(deflate.windowBits)
    if (known) return known
    const made = frame(message, deflate.compress(message.encode()), true)
    this.#compressed.set(deflate.windowBits, made)
    return made
  }

  /** Keeps nothing of what was sent. */
  forget(): void {
    this.#message = undefined
    this.#plain = undefined
    // Clearing a map costs something even when it is empty.
    if (this.#compressed.size > 0) this.#compressed.clear()
  }
}

function frame({ kind }: WsMessage, payload: Uint8Array, isCompressed: boolean): FrameRun {
  const whole = isCompressed ? undefined : frameInPlace(Opcode[kind], payload)
  if (whole !== undefined) {
    // All of its receivers would be lost with it: who transfers it gets a copy, or an error, as Node has it.
    markAsUntransferable(whole.buffer)
    return new FrameRun(whole)
  }
  const { length } = payload
  const bytes = Buffer.allocUnsafe(headLength(length) + length)
  bytes.set(payload, writeHead(bytes, 0, Opcode[kind], length, isCompressed))
  return new FrameRun(bytes)
}
