import { isUtf8 } from "node:buffer"
import { constants, inflateRawSync } from "node:zlib"

/** What a server owes for a stream of frames, worked out by a decoder that takes its time and has all the bytes. */
export interface Owed {
  /** Whole data messages before the end, in order: `text:…` or `binary:…` with the payload in base64. */
  readonly messages: readonly string[]
  readonly pings: readonly string[]
  /**
   * - `boundary`: the stream stops between two messages
   * - `middle`: it stops within one
   * - `closed`: the peer's Close, with the code and reason to be answered
   * - `violation`: with the codes that RFC 6455 and the limits allow for it
   * - `early`: it stops within what is a violation already: it may be judged, or waited for
   * - `unknown`: from here on every end is right, since only zlib knows what the bytes mean
   */
  readonly end: "boundary" | "middle" | "closed" | "violation" | "early" | "unknown"
  readonly codes: readonly number[]
  readonly reason: string
  /** Whether something stands behind the end. Who sends on is perhaps reset, and hears no more then. */
  readonly goesOn: boolean
}

export interface OracleSettings {
  readonly maxPayload: number
  readonly maxFragments: number
  readonly compresses: boolean
  /** Whether a length may take more bytes than it needs (RFC 6455 section 5.2 says no, and leaves open what then). */
  readonly takesLongLengths: boolean
  /** Compressed payloads, in base64, of which it is known what comes out; all others are `unknown`. */
  readonly compressed: ReadonlySet<string>
}

interface Head {
  readonly fin: boolean
  readonly rsv: number
  readonly opcode: number
  readonly isMasked: boolean
  readonly length: number
  readonly start: number
  readonly isLong: boolean
}

const closeCodes = (code: number): boolean =>
  (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999)

/** `undefined`: not all of it has come. The first two bytes are judged before the rest is there. */
function headAt(bytes: Buffer, at: number): Head | undefined {
  const [first = 0, second = 0] = bytes.subarray(at)
  const short = second & 127
  const size = short === 126 ? 2 : short === 127 ? 8 : 0
  const isMasked = second >= 128
  const start = at + 2 + size + (isMasked ? 4 : 0)
  if (bytes.length < at + 2 + size) return undefined
  const length = size === 0 ? short : size === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
  const isLong = (size === 2 && length < 126) || (size === 8 && length < 65_536)
  return { fin: first >= 128, rsv: (first >> 4) & 7, opcode: first & 15, isMasked, length, start, isLong }
}

/** Decodes the frames of a client. */
export function owedFor(bytes: Buffer, settings: OracleSettings): Owed {
  const messages: string[] = []
  const pings: string[] = []
  let at = 0
  let opcode = 0
  let isCompressed = false
  let pieces: Buffer[] = []
  let frames = 0
  /** Codes for what the message under way has done already: who looks early closes early. */
  let soon: number[] = []
  const ends = (end: Owed["end"], codes: readonly number[] = [], reason = ""): Owed => {
    const isEarly = end === "middle" && soon.length > 0
    const all = end === "closed" ? codes : [...codes, ...soon]
    return { messages, pings, end: isEarly ? "early" : end, codes: all, reason, goesOn: at < bytes.length }
  }

  for (;;) {
    if (at === bytes.length) return ends(frames === 0 ? "boundary" : "middle")
    if (bytes.length < at + 2) return ends("early", [1002])
    const [first, second] = [bytes.readUInt8(at), bytes.readUInt8(at + 1)]
    const isControl = (first & 8) !== 0
    const isFirst = [1, 2].includes(first & 15)
    const mayCompress = settings.compresses && isFirst
    const isWrong =
      (first & 0x30) !== 0 ||
      ((first & 0x40) !== 0 && !mayCompress) ||
      ![0, 1, 2, 8, 9, 10].includes(first & 15) ||
      (isControl && (first < 128 || (second & 127) > 125)) ||
      ((first & 15) === 8 && (second & 127) === 1) ||
      second < 128 ||
      (isFirst && frames > 0) ||
      ((first & 15) === 0 && frames === 0)
    const head = headAt(bytes, at)
    if (isWrong) {
      const isWhole = head !== undefined && bytes.length >= head.start
      return ends(isWhole ? "violation" : "early", [1002])
    }
    if (head === undefined) return ends("early", [1002, 1008, 1009])
    const isThere = bytes.length >= head.start + head.length
    if (head.isLong && !settings.takesLongLengths) return ends(isThere ? "violation" : "early", [1002])
    if (!isControl) {
      const already = pieces.reduce((sum, { length }) => sum + length, 0)
      const willCompress = isFirst ? head.rsv === 4 : isCompressed
      const isTooLong = head.length + already > settings.maxPayload
      const isTooMuch = frames + 1 > settings.maxFragments
      // Where it compresses, an adapter may know only at the end of a message that it was a little too long.
      const mayBeLate =
        willCompress || (settings.compresses && head.length + already <= settings.maxPayload * 1.02 + 64)
      if (isTooLong && mayBeLate) return ends("unknown")
      if (isTooLong || isTooMuch) {
        const codes = [
          ...(isTooLong ? [1009] : []),
          ...(isTooMuch ? [1008] : []),
          ...(head.length > 2 ** 52 ? [1002] : []),
        ]
        return ends(isThere || (isTooLong && bytes.length >= head.start) ? "violation" : "early", codes)
      }
    }
    if (!isThere) return ends("middle")
    const mask = bytes.subarray(head.start - 4, head.start)
    const payload = bytes
      .subarray(head.start, head.start + head.length)
      .map((byte, index) => byte ^ (mask[index & 3] ?? 0)) as Buffer
    at = head.start + head.length
    if (head.opcode === 9) pings.push(payload.toString("base64"))
    if (head.opcode === 8) {
      if (payload.length === 0) return ends("closed", [1005])
      const code = payload.readUInt16BE(0)
      if (!closeCodes(code)) return ends("violation", isUtf8(payload.subarray(2)) ? [1002] : [1002, 1007])
      if (!isUtf8(payload.subarray(2))) return ends("violation", [1007])
      return ends("closed", [code], payload.subarray(2).toString())
    }
    if (isControl) continue
    if (isFirst) {
      opcode = head.opcode
      isCompressed = head.rsv === 4
    }
    frames++
    pieces.push(payload)
    const whole = Buffer.concat(pieces)
    if (!head.fin) {
      // What has come may be wrong already, for who inflates or validates piece by piece.
      if (isCompressed) soon = [1002, 1007, 1009]
      else if (opcode === 1 && !isPrefixOfUtf8(whole)) soon = [1007]
      continue
    }
    const content = isCompressed ? inflate(whole, settings) : whole
    if (content === undefined) return ends("unknown")
    soon = []
    if (content.length > settings.maxPayload) return ends("violation", [1009])
    if (opcode === 1 && !isUtf8(content)) return ends("violation", [1007])
    messages.push(`${opcode === 1 ? "text" : "binary"}:${content.toString("base64")}`)
    pieces = []
    frames = 0
  }
}

/** Whether more bytes can make it UTF-8. */
function isPrefixOfUtf8(bytes: Buffer): boolean {
  const decoder = new TextDecoder("utf-8", { fatal: true })
  try {
    decoder.decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

function inflate(bytes: Buffer, { compressed }: OracleSettings): Buffer | undefined {
  return compressed.has(bytes.toString("base64")) ? inflated(bytes) : undefined
}

/** A message that RFC 7692 section 7.2.1 has compressed. */
export function inflated(bytes: Uint8Array): Buffer {
  return inflateRawSync(Buffer.concat([bytes, Buffer.of(0, 0, 0xff, 0xff)]), { finishFlush: constants.Z_SYNC_FLUSH })
}
