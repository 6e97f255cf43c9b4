import { constants as buffers } from "node:buffer"
import { constants, deflateRawSync, inflateRawSync, type InflateRaw } from "node:zlib"
import type { Deflater } from "../../protocol/permessage-deflate.ts"

/** What a sender takes away from the end of a message, and a receiver puts back (RFC 7692 section 7.2). */
const tail = Buffer.from([0x00, 0x00, 0xff, 0xff])
/**
 * How many streams of DEFLATE one message may have. A final block ends one and another may follow (RFC 7692 section
 * 7.2.3.4), but each costs a beginning, and nobody who means well sends many.
 */
const mostStreams = 16

/** Compression by zlib, one message at a time: synchronous, so that order needs no queue. */
export const zlibDeflater: Deflater = {
  deflate(data, windowBits) {
    const bytes = deflateRawSync(data, { windowBits, finishFlush: constants.Z_SYNC_FLUSH })
    return bytes.subarray(0, bytes.byteLength - tail.byteLength)
  },
  inflate(data, maxLength) {
    const pieces: Uint8Array[] = []
    let room = Math.min(maxLength, buffers.MAX_LENGTH)
    try {
      for (let rest = Buffer.concat([data, tail]); rest.byteLength > 0;) {
        if (pieces.length === mostStreams) return "corrupt"
        const { buffer, engine } = inflateStream(rest, room)
        pieces.push(buffer)
        room -= buffer.byteLength
        if (room < 0) return "too-long"
        rest = rest.subarray(engine.bytesWritten)
      }
    } catch (error) {
      return (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE" ? "too-long" : "corrupt"
    }
    return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces)
  },
}

interface Inflated {
  readonly buffer: Buffer
  /** `bytesWritten` is how much of the input was read: all of it, or up to the end of a final block. */
  readonly engine: InflateRaw
}

function inflateStream(data: Uint8Array, room: number): Inflated {
  // zlib allows no limit of 0.
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: Math.max(1, room), info: true }
  return inflateRawSync(data, options) as unknown as Inflated
}
