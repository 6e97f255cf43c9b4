import type { WsMessage } from "../../message/ws-message.ts"
import { headLength, writeHead } from "../../protocol/frame-encoder.ts"
import { Opcode } from "../../protocol/opcode.ts"

/** From this many bytes on a payload is not copied behind its head: two writes cost less than the copy. */
const bigPayload = 16_384

/** A message as the bytes of a frame: in one piece, or head and payload. */
export interface Frame {
  readonly pieces: readonly Uint8Array[]
  readonly byteLength: number
  readonly payloadLength: number
}

/** The frame of a message. The message that many get, one after another, is encoded once. */
export class FrameWriter {
  #message: WsMessage | undefined
  #frame: Frame | undefined

  frameOf(message: WsMessage): Frame {
    if (message === this.#message) return this.#frame as Frame
    const { kind, payload } = message
    const frame = typeof payload === "string" ? textFrame(payload) : bytesFrame(Opcode[kind], payload)
    this.#message = message
    this.#frame = frame
    return frame
  }

  /** Keeps nothing of what was written. */
  forget(): void {
    this.#message = undefined
    this.#frame = undefined
  }
}

function textFrame(text: string): Frame {
  const payloadLength = Buffer.byteLength(text)
  if (payloadLength >= bigPayload) return bytesFrame(Opcode.text, Buffer.from(text))
  const head = headLength(payloadLength)
  const bytes = Buffer.allocUnsafe(head + payloadLength)
  writeHead(bytes, Opcode.text, payloadLength)
  // As many bytes as units: the text is ASCII, which needs no encoding.
  bytes.write(text, head, payloadLength, payloadLength === text.length ? "latin1" : "utf8")
  return { pieces: [bytes], byteLength: bytes.byteLength, payloadLength }
}

function bytesFrame(opcode: number, payload: Uint8Array): Frame {
  const payloadLength = payload.byteLength
  const head = headLength(payloadLength)
  const isBig = payloadLength >= bigPayload
  const bytes = Buffer.allocUnsafe(isBig ? head : head + payloadLength)
  writeHead(bytes, opcode, payloadLength)
  if (isBig) return { pieces: [bytes, payload], byteLength: head + payloadLength, payloadLength }
  bytes.set(payload, head)
  return { pieces: [bytes], byteLength: bytes.byteLength, payloadLength }
}
