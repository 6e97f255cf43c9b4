import { headLength, writeHead } from "../../protocol/frame-encoder.ts"

/** From this many bytes on nothing is copied to lie beside something else: a piece more to write costs less. */
export const bigPiece = 16_384

/**
 * Big payloads that lie right behind the head of the frame in which they came, in memory that is theirs alone; with
 * the opcode of the head that has been written there meanwhile, 0 for none.
 */
const headOf = new WeakMap<Uint8Array, number>()

/** Before this payload lies the head of its frame, which nobody needs any more; of small ones it is not noted. */
export function noteHeadRoom(payload: Uint8Array): void {
  if (payload.length >= bigPiece) headOf.set(payload, 0)
}

/**
 * The frame that passes a payload on as it came, made where it lies: one piece of memory to write instead of two. The
 * head of a client's frame is never shorter than ours (RFC 6455 section 5.2: it has a mask besides). `undefined` for
 * every other payload, and for one that goes out as text and as binary: the first head may still have to be written.
 */
export function frameInPlace(opcode: number, payload: Uint8Array): Uint8Array | undefined {
  if (payload.length < bigPiece) return undefined
  const known = headOf.get(payload)
  if (known !== 0 && known !== opcode) return undefined
  const length = headLength(payload.length)
  const frame = new Uint8Array(payload.buffer, payload.byteOffset - length, length + payload.length)
  if (known === 0) writeHead(frame, 0, opcode, payload.length)
  headOf.set(payload, opcode)
  return frame
}
