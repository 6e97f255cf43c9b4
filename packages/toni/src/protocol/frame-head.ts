import { Opcode, rsv1 } from "./opcode.ts"

/**
 * What is wrong with the first two bytes of a frame (RFC 6455 section 5.2 to 5.5), if anything is; whether frames are
 * masked, messages may be compressed, and one has begun and not ended, depends on where they come from.
 */
export function judgeHead(
  first: number,
  second: number,
  isMasked: boolean,
  mayCompress: boolean,
  isWithinMessage: boolean,
): string | undefined {
  const opcode = first & 0x0f
  if ((first & 0x70) !== 0 && !(mayCompress && saysCompressed(first))) return "a reserved bit is set"
  if (second >= 0x80 !== isMasked) return isMasked ? "a frame is not masked" : "a frame is masked"
  if (opcode >= Opcode.close) {
    const short = second & 0x7f
    if (opcode > Opcode.pong) return `opcode ${opcode} is reserved`
    if (first < 0x80) return "a control frame is fragmented"
    if (short > 125) return "a control frame is longer than 125 bytes"
    return short === 1 && opcode === Opcode.close ? "a Close has half a code" : undefined
  }
  if (opcode > Opcode.binary) return `opcode ${opcode} is reserved`
  if (opcode === Opcode.continuation) return isWithinMessage ? undefined : "a continuation continues nothing"
  return isWithinMessage ? "a message begins within another" : undefined
}

/** Only the first frame of a message says that it is compressed (RFC 7692 section 6). */
function saysCompressed(first: number): boolean {
  const opcode = first & 0x0f
  return (first & 0x70) === rsv1 && (opcode === Opcode.text || opcode === Opcode.binary)
}

/** The length of a payload that takes two or eight bytes (RFC 6455 section 5.2), or what is wrong with it. */
export function readLongLength(bytes: Uint8Array, offset: number, short: 126 | 127): number | string {
  if (short === 126) {
    const length = ((bytes[offset] as number) << 8) | (bytes[offset + 1] as number)
    return length < 126 ? tooManyBytes : length
  }
  if ((bytes[offset] as number) >= 0x80) return "a length has its highest bit set"
  let length = 0
  for (let index = offset; index < offset + 8; index++) length = length * 256 + (bytes[index] as number)
  return length < 65_536 ? tooManyBytes : length
}

const tooManyBytes = "a length is spelled in more bytes than it takes"
