import { constants as buffers } from "node:buffer"
import { constants, inflateRawSync, type InflateRaw } from "node:zlib"
import { mostStreams, tail, type Deflater } from "../../protocol/permessage-deflate.ts"

/** Inflates with a context for each message, which takes longer to make than a short message to go through it. */
export const inflateOnce: Deflater["inflate"] = (data, maxLength) => {
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
