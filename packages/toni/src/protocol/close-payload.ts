import type { IsUtf8 } from "./utf8.ts"

// A byte order mark is kept: it belongs to the reason.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true })
const encoder = new TextEncoder()

/** What a Close says; 1005 stands for a Close without a code (RFC 6455 section 7.1.5). */
export interface CloseStatus {
  readonly code: number
  readonly reason: string
}

/** What a Close that is wrong has to be answered with. */
export type CloseFault = 1002 | 1007

/** Reads the payload of a Close (RFC 6455 section 5.5.1), or says which code it must be answered with. */
export function readClose(payload: Uint8Array, isUtf8: IsUtf8): CloseStatus | CloseFault {
  if (payload.byteLength === 0) return { code: 1005, reason: "" }
  if (payload.byteLength === 1) return 1002
  const code = ((payload[0] as number) << 8) | (payload[1] as number)
  if (!isCloseCode(code)) return 1002
  const reason = payload.subarray(2)
  return isUtf8(reason) ? { code, reason: decoder.decode(reason) } : 1007
}

/** The payload of a Close; 1005 makes it empty. The reason must fit into 123 bytes. */
export function writeClose(code: number, reason: string): Uint8Array {
  if (code === 1005) return new Uint8Array(0)
  const text = encoder.encode(reason)
  const payload = new Uint8Array(2 + text.byteLength)
  payload[0] = code >> 8
  payload[1] = code & 0xff
  payload.set(text, 2)
  return payload
}

/** Whether a peer may send this code (RFC 6455 section 7.4 and the registry of close codes). */
function isCloseCode(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006
}
