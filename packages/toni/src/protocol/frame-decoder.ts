import { readClose, type CloseStatus } from "./close-payload.ts"
import { CutFrame } from "./cut-frame.ts"
import { FragmentedMessage } from "./fragmented-message.ts"
import type { InflationBudget } from "./inflation-budget.ts"
import { judgeHead, readLongLength } from "./frame-head.ts"
import { Memory, unmask } from "./mask.ts"
import { Opcode, rsv1 } from "./opcode.ts"
import { wireLimit, type Deflater } from "./permessage-deflate.ts"
import type { IsUtf8 } from "./utf8.ts"

/** What a peer did wrong, and the code to close with. */
export interface FrameFault {
  readonly code: 1002 | 1007 | 1008 | 1009
  readonly message: string
}

/** Who takes what is decoded. Payloads are views into what was read, or arrays of their own; never reused. */
export interface FrameSink {
  /**
   * A whole message, proven UTF-8 where it is text. `isWhole`: it lies in one piece right behind the head of its only
   * frame, which nobody needs any more.
   */
  receivedMessage(data: Uint8Array, isText: boolean, isWhole: boolean): void
  receivedPing(payload: Uint8Array): void
  receivedPong(payload: Uint8Array): void
  /** The peer's Close; nothing follows. */
  receivedClose(status: CloseStatus): void
  /** The peer broke a rule; nothing follows. */
  receivedFault(fault: FrameFault): void
}

export interface DecoderSettings {
  /** Bytes of one message. */
  readonly maxPayload: number
  /** Frames of one message. */
  readonly maxFragments: number
  readonly isUtf8: IsUtf8
  /** Present where permessage-deflate has been agreed on. */
  readonly deflater?: Deflater | undefined
  /** What all connections may inflate in a turn; where it is missing, nobody waits. */
  readonly inflation?: InflationBudget | undefined
  /** Told of memory in which several messages of one peer lie, before the first of them is given away. */
  readonly keep?: ((memory: ArrayBufferLike) => void) | undefined
  /** Frames from clients are masked, frames from servers are not (RFC 6455 section 5.1). Default `true`. */
  readonly masked?: boolean
}

const detached = "The memory of a message was transferred while others of the same read still lay in it."

/** The longest head: two bytes, eight of length, four of mask. */
const longestHead = 14

/**
 * Takes the bytes of one peer, in whatever pieces they come, and gives whole messages (RFC 6455 section 5). A frame
 * that is all there is decoded where it lies, without a copy; only one that is cut by the end of a piece is put
 * together. Lengths are judged from the head alone, before anything is set aside for them.
 */
export class FrameDecoder {
  readonly #sink: FrameSink
  readonly #settings: DecoderSettings
  /** The beginning of a frame whose end has not come. */
  #cut: CutFrame | undefined
  /** The message in fragments whose end has not come. */
  #message: FragmentedMessage | undefined
  /** What is left of a piece, until somebody reads on. */
  #rest: Uint8Array | undefined
  #restLength = 0
  #isDone = false
  /** While it is set nothing more is decoded, from the next frame on: what has come waits. */
  isHeld = false

  constructor(sink: FrameSink, settings: DecoderSettings) {
    this.#sink = sink
    this.#settings = settings
  }

  get #maskLength(): 0 | 4 {
    return this.#settings.masked === false ? 0 : 4
  }

  /** Nothing more is decoded. */
  stop(): void {
    this.#isDone = true
    this.#rest = undefined
  }

  /** Something has come that was not decoded: it waits for `readOn`, and no piece may come before. */
  get isWaiting(): boolean {
    return this.#rest !== undefined
  }

  /** Goes on with what waits. */
  readOn(): void {
    const rest = this.#rest
    this.#rest = undefined
    if (rest === undefined) return
    if (rest.length !== this.#restLength) throw new Error(detached)
    this.read(rest)
  }

  /** Takes a piece. Its bytes are changed in place (unmasked), and may be kept: it must not be reused. */
  read(piece: Uint8Array): void {
    let offset = this.#cut === undefined ? 0 : this.#mend(this.#cut, piece)
    const end = piece.length
    let memory: Memory | undefined
    while (offset < end && !this.#isDone) {
      const length = this.#measure(piece, offset, end)
      if (length === undefined) return
      if (length === 0 || offset + length > end) {
        this.#cut = new CutFrame(length)
        this.#cut.bytes.append(piece, offset, end, length === 0 ? longestHead : length)
        return
      }
      if (this.#mustWait(piece[offset] as number)) return this.#wait(piece, offset)
      if (memory === undefined && offset + length < end) {
        memory = new Memory(piece)
        this.#settings.keep?.(memory.buffer)
      }
      this.#take(piece, offset, offset + length, memory)
      offset += length
      if (piece.length !== end && offset < end && !this.#isDone) throw new Error(detached)
    }
  }

  /** Whether a frame with this first byte has its turn later. */
  #mustWait(first: number): boolean {
    if (this.isHeld) return true
    const { inflation } = this.#settings
    if (inflation === undefined || !inflation.isSpent || first < 0x80) return false
    const opcode = first & 0x0f
    return opcode === Opcode.continuation ? this.#message?.isCompressed === true : (first & rsv1) !== 0
  }

  #wait(piece: Uint8Array, offset: number): void {
    this.#rest = piece.subarray(offset)
    this.#restLength = piece.length - offset
  }

  /** Completes the frame that was cut, as far as the piece goes; answers where the next frame begins. */
  #mend(cut: CutFrame, piece: Uint8Array): number {
    const { bytes } = cut
    let offset = 0
    while (!this.#isDone) {
      if (cut.frameLength > 0 && bytes.length === cut.frameLength) {
        if (this.#mustWait(bytes.view()[0] as number)) {
          this.#wait(piece, offset)
          return piece.length
        }
        this.#cut = undefined
        const frame = bytes.take()
        this.#take(frame, 0, frame.length)
        return offset
      }
      if (offset === piece.length) return offset
      if (cut.frameLength === 0) {
        // Byte by byte until the head is whole: there are at most fourteen of them.
        bytes.append(piece, offset, ++offset, longestHead)
        const length = this.#measure(bytes.view(), 0, bytes.length)
        if (length === undefined) return offset
        cut.frameLength = length
      } else {
        const end = Math.min(piece.length, offset + cut.frameLength - bytes.length)
        bytes.append(piece, offset, end, cut.frameLength)
        offset = end
      }
    }
    return offset
  }

  /**
   * The length of the frame that begins at `offset`, head included; 0 while the head is not whole; `undefined` when the
   * head breaks a rule, which has been told by then.
   */
  #measure(bytes: Uint8Array, offset: number, end: number): number | undefined {
    if (end - offset < 2) return 0
    const first = bytes[offset] as number
    const second = bytes[offset + 1] as number
    const { deflater } = this.#settings
    const fault = judgeHead(first, second, this.#maskLength === 4, deflater !== undefined, this.#message !== undefined)
    if (fault !== undefined) return this.#fail(1002, fault)
    const short = second & 0x7f
    const headLength = 2 + (short < 126 ? 0 : short === 126 ? 2 : 8) + this.#maskLength
    if (end - offset < headLength - this.#maskLength) return 0
    const payloadLength = short < 126 ? short : readLongLength(bytes, offset + 2, short as 126 | 127)
    if (typeof payloadLength === "string") return this.#fail(1002, payloadLength)
    if ((first & 0x08) === 0 && this.#isTooLong(first, payloadLength)) {
      return this.#fail(1009, `a message is longer than ${this.#settings.maxPayload} bytes`)
    }
    return headLength + payloadLength
  }

  #isTooLong(first: number, payloadLength: number): boolean {
    const { maxPayload } = this.#settings
    const message = this.#message
    const isCompressed = message === undefined ? (first & rsv1) !== 0 : message.isCompressed
    return (message?.bytes.length ?? 0) + payloadLength > (isCompressed ? wireLimit(maxPayload) : maxPayload)
  }

  /** Takes a whole frame that has been measured. */
  #take(bytes: Uint8Array, offset: number, end: number, memory?: Memory): void {
    const first = bytes[offset] as number
    const short = (bytes[offset + 1] as number) & 0x7f
    const head = offset + 2 + (short < 126 ? 0 : short === 126 ? 2 : 8)
    const start = head + this.#maskLength
    const isAscii = this.#maskLength === 4 ? unmask(bytes, head, start, end, memory) : false
    const opcode = first & 0x0f
    if (opcode >= Opcode.close) this.#takeControl(opcode, bytes.subarray(start, end))
    else if (first >= 0x80 && opcode !== Opcode.continuation) {
      const data = memory === undefined ? bytes.subarray(start, end) : memory.view(start, end)
      if ((first & rsv1) !== 0) return this.#takeCompressed(data, opcode === Opcode.text)
      this.#takeMessage(data, opcode === Opcode.text, isAscii, true)
    } else this.#takeFragment(first, bytes, start, end)
  }

  #takeMessage(data: Uint8Array, isText: boolean, isAscii: boolean, isWhole: boolean): void {
    if (isText && !isAscii && !this.#settings.isUtf8(data)) this.#fail(1007, "a text is not UTF-8")
    else this.#sink.receivedMessage(data, isText, isWhole)
  }

  #takeCompressed(data: Uint8Array, isText: boolean): void {
    const { maxPayload, inflation } = this.#settings
    const inflated = this.#settings.deflater?.inflate(data, maxPayload) ?? "corrupt"
    inflation?.spend(inflated === "too-long" ? maxPayload : inflated.length)
    if (inflated === "too-long") this.#fail(1009, `a message is longer than ${maxPayload} bytes`)
    else if (inflated === "corrupt") this.#fail(1007, "a message cannot be inflated")
    else this.#takeMessage(inflated, isText, false, false)
  }

  #takeFragment(first: number, bytes: Uint8Array, start: number, end: number): void {
    const { maxFragments, maxPayload } = this.#settings
    const isLast = first >= 0x80
    const message = (this.#message ??= new FragmentedMessage(first))
    if (++message.frames > maxFragments) {
      this.#fail(1008, `a message has more than ${maxFragments} frames`)
      return
    }
    const { utf8 } = message
    if (utf8?.push(bytes.subarray(start, end)) === false || (isLast && utf8?.isComplete === false)) {
      this.#fail(1007, "a text is not UTF-8")
      return
    }
    message.bytes.append(bytes, start, end, wireLimit(maxPayload))
    if (!isLast) return
    this.#message = undefined
    const data = message.bytes.take()
    if (message.isCompressed) this.#takeCompressed(data, message.isText)
    else this.#sink.receivedMessage(data, message.isText, false)
  }

  #takeControl(opcode: number, payload: Uint8Array): void {
    if (opcode === Opcode.ping) return this.#sink.receivedPing(payload)
    if (opcode === Opcode.pong) return this.#sink.receivedPong(payload)
    const status = readClose(payload, this.#settings.isUtf8)
    if (typeof status === "number") {
      this.#fail(status, "a Close is malformed")
      return
    }
    this.#isDone = true
    this.#sink.receivedClose(status)
  }

  #fail(code: FrameFault["code"], message: string): undefined {
    if (this.#isDone) return
    this.#isDone = true
    this.#sink.receivedFault({ code, message })
  }
}
