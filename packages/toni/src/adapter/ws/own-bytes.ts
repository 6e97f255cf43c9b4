import { markAsUntransferable } from "node:worker_threads"

/**
 * The payload of a message, safe to keep and to hand on. The library gives a view of what one read of the socket brought,
 * 64 KiB as a rule. Small payloads are copied out, so that keeping one does not keep all of it; the block of a big one
 * cannot be transferred to a worker, since the library still reads from it.
 */
export function ownBytes(data: Uint8Array): Uint8Array {
  const { buffer, byteLength } = data
  if (byteLength === buffer.byteLength) return data
  if (byteLength * 2 <= buffer.byteLength) return new Uint8Array(data)
  markAsUntransferable(buffer)
  return data
}
