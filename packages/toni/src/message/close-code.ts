import { ToniError } from "../errors.ts"
import { showValue } from "../show-value.ts"
import { decodeText, encodeText } from "./text.ts"

/** Close codes that toni itself sends (RFC 6455 section 7.4.1 and its registry; 4401 is ours). */
export const CloseCode = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  unsupportedData: 1003,
  /** Never on the wire: the peer sent a Close without a code. */
  noCode: 1005,
  /** Never on the wire: the connection ended without a Close. */
  abnormal: 1006,
  invalidPayload: 1007,
  policyViolation: 1008,
  tooBig: 1009,
  internalError: 1011,
  serviceRestart: 1012,
  tryAgainLater: 1013,
  unauthorized: 4401,
} as const

/** The longest reason of a Close, in bytes: a control payload less the code (RFC 6455 section 5.5). */
const longestReason = 123

/** Whether an application may send this code (rule G18a). */
export function isSendableCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false
  if (code >= 3000 && code <= 4999) return true
  return code >= 1000 && code <= 1014 && code !== 1002 && !(code >= 1004 && code <= 1006) && code !== 1010
}

/** Throws `TONI_BAD_CLOSE_CODE` for a code that may not be sent (rule G18a). */
export function checkCloseCode(code: number): void {
  if (!isSendableCloseCode(code)) throw new ToniError("TONI_BAD_CLOSE_CODE", `${showValue(code)} was given.`)
}

/** The reason of a Close that says after how many seconds to come back, where that is known (rule G7b). */
export function retryReason(seconds: number | undefined, words: string): string {
  if (seconds === undefined) return words
  return words === "" ? `retry-after=${seconds}` : `retry-after=${seconds}; ${words}`
}

/** The reason, cut to what fits into a Close, on a character boundary (rule G18a). */
export function cutReason(reason: string): string {
  if (typeof reason !== "string") {
    throw new ToniError("TONI_BAD_ARGUMENT", `The reason of a Close is a string; got ${showValue(reason)}.`, {
      fix: "Pass a string of at most 123 bytes, or leave the reason out.",
    })
  }
  if (reason.length * 3 <= longestReason) return reason
  const bytes = encodeText(reason)
  if (bytes.byteLength <= longestReason) return reason
  let end = longestReason
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return decodeText(bytes.subarray(0, end))
}
