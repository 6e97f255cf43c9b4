import { ToniError } from "../errors.ts"
import { isInstance } from "../user-code.ts"

/**
 * Throws `TONI_BAD_ARGUMENT` for bytes whose memory was transferred to somebody else: they look empty from then on, and
 * an empty message is not what was to be sent.
 */
export function assertAttached(bytes: unknown): void {
  if (ArrayBuffer.isView(bytes) ? bytes.byteLength > 0 || !isDetached(bytes.buffer) : !isDetached(bytes)) return
  throw new ToniError("TONI_BAD_ARGUMENT", "The memory of these bytes was transferred before they were sent.", {
    fix: "Transfer a copy to the worker, or send one: `bytes.slice()`.",
  })
}

/** ES2024 has a property for it; before that, only a view that cannot be made tells. */
function isDetached(memory: unknown): boolean {
  if (!isInstance(memory, ArrayBuffer) || memory.byteLength > 0) return false
  try {
    return new Uint8Array(memory).length > 0
  } catch {
    return true
  }
}
