import { constants as buffers } from "node:buffer"
import { constants, deflateRawSync, inflateRawSync } from "node:zlib"
import type { Deflater } from "../../protocol/permessage-deflate.ts"

/** What a sender takes away from the end of a message, and a receiver puts back (RFC 7692 section 7.2). */
const tail = Buffer.from([0x00, 0x00, 0xff, 0xff])

/** Compression by zlib, one message at a time: synchronous, so that order needs no queue. */
export const zlibDeflater: Deflater = {
  deflate(data, windowBits) {
    const bytes = deflateRawSync(data, { windowBits, finishFlush: constants.Z_SYNC_FLUSH })
    return bytes.subarray(0, bytes.byteLength - tail.byteLength)
  },
  inflate(data, maxLength) {
    try {
      return inflateRawSync(Buffer.concat([data, tail]), {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: Math.min(maxLength, buffers.MAX_LENGTH),
      })
    } catch (error) {
      return (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE" ? "too-long" : "corrupt"
    }
  },
}
