import { readClose, type CloseStatus } from "./close-payload.ts"
import { CutFrame } from "./cut-frame.ts"
import { FragmentedMessage } from "./fragmented-message.ts"
import type { InflationBudget } from "./inflation-budget.ts"
import type { Allocate } from "./growing-buffer.ts"
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
  /** Makes memory for a frame that comes in pieces, whatever lies in it: all of it is written. Default: it is cleared. */
  readonly allocate?: Allocate | undefined
  /** Told of memory in which several messages of one peer lie, before the first of them is given away. */
  readonly keep?: ((memory: ArrayBufferLike) => void) | undefined
  /** Frames from clients are masked, frames from servers are not (RFC 6455 section 5.1). Default `true`. */
  readonly masked?: boolean
}

/** Fewer bytes are copied sooner than looked at twice. */
const shortPiece = 4_096

const detached = "The memory of a message was transferred while others of the same read still lay in it."

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
    if (this.#isDone) return
    let offset = this.#cut === undefined ? 0 : this.#mend(this.#cut, piece)
    if (this.#cut?.isWhole === true) return this.#wait(piece, offset)
    const end = piece.length
    let memory: Memory | undefined
    while (offset < end && !this.#isDone) {
      const length = this.#measure(piece, offset, end)
      if (length === undefined) return
      if (length === 0 || offset + length > end) return this.#begin(piece, offset, length)
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

  /**
   * Takes of a piece that will be reused what goes on with a frame that was cut, and what begins one that is longer than
   * the piece: neither is copied twice. Answers where the rest begins, which is to be copied and read. Changes the bytes
   * in place, too.
   */
  readBorrowed(piece: Uint8Array): number {
    if (this.#isDone) return piece.length
    const offset = this.#cut === undefined ? 0 : this.#mend(this.#cut, piece)
    if (this.#cut !== undefined || this.#isDone || piece.length - offset < shortPiece) return offset
    const length = this.#measure(piece, offset, piece.length)
    if (length === undefined) return piece.length
    if (length <= piece.length - offset) return offset
    this.#begin(piece, offset, length)
    return piece.length
  }

  /** A frame whose end has not come; of length 0 while that is not known. */
  #begin(piece: Uint8Array, offset: number, length: number): void {
    const cut = (this.#cut = new CutFrame(this.#maskLength, this.#settings.allocate))
    if (length === 0) return cut.takeHead(piece, offset, piece.length)
    cut.begin(length, piece[offset + 1] as number)
    cut.take(piece, offset, piece.length)
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

  /**
   * Completes the frame that was cut, as far as the piece goes; answers where the next frame begins. It is still there,
   * and whole, when its turn comes later.
   */
  #mend(cut: CutFrame, piece: Uint8Array): number {
    let offset = 0
    while (!cut.hasHead && offset < piece.length) {
      // Byte by byte until the head is whole: there are at most fourteen of them.
      cut.takeHead(piece, offset, ++offset)
      const head = cut.view()
      const length = this.#measure(head, 0, head.length)
      if (length === undefined) return offset
      if (length > 0) cut.begin(length, head[1] as number)
    }
    if (cut.hasHead && !cut.isWhole) offset = cut.take(piece, offset, piece.length)
    if (!cut.isWhole || this.#isDone || this.#mustWait(cut.view()[0] as number)) return offset
    this.#cut = undefined
    const frame = cut.end()
    this.#takeUnmasked(frame, 0, frame.length, cut.isAscii)
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
    const start = this.#payloadStart(bytes, offset)
    const isAscii = this.#maskLength === 4 ? unmask(bytes, start - 4, start, end, memory) : false
    this.#takeUnmasked(bytes, offset, end, isAscii, memory)
  }

  #payloadStart(bytes: Uint8Array, offset: number): number {
    const short = (bytes[offset + 1] as number) & 0x7f
    return offset + 2 + (short < 126 ? 0 : short === 126 ? 2 : 8) + this.#maskLength
  }

  #takeUnmasked(bytes: Uint8Array, offset: number, end: number, isAscii: boolean, memory?: Memory): void {
    const first = bytes[offset] as number
    const start = this.#payloadStart(bytes, offset)
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
