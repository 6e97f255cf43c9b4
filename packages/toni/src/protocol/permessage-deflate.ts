import type { ExtensionOffer } from "./extensions.ts"

/** What both sides have agreed on: neither keeps a window between messages, so a connection costs no memory for it. */
export interface DeflateAgreement {
  /** The value of `Sec-WebSocket-Extensions` in the answer. */
  readonly answer: string
  /** The window that our messages may refer back to, as a power of two. */
  readonly windowBits: number
}

/** Compression as runtimes have it. The bytes are raw DEFLATE, without the four that RFC 7692 section 7.2.1 takes away. */
export interface Deflater {
  deflate(data: Uint8Array, windowBits: number): Uint8Array
  /** At most `maxLength` bytes come out; what would be more, or is no DEFLATE, is told instead. */
  inflate(data: Uint8Array, maxLength: number): Uint8Array | "too-long" | "corrupt"
}

/** What a sender takes away from the end of a message, and a receiver puts back (RFC 7692 section 7.2). */
export const tail: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0xff)

/**
 * How many streams of DEFLATE one message may have. A final block ends one and another may follow (RFC 7692 section
 * 7.2.1), but each costs a beginning, and nobody who means well sends many.
 */
export const mostStreams = 16

/** What a compressed message may take on the wire, in bytes: what cannot be compressed becomes a little longer. */
export function wireLimit(maxPayload: number): number {
  return maxPayload * 1.01 + 64
}

/** zlib cannot keep to the smallest window in raw DEFLATE. */
const smallestWindow = 9
const largestWindow = 15

/** Accepts the first offer of permessage-deflate that can be met (RFC 7692 section 5 and 7.1), or none. */
export function agreeOnDeflate(offers: readonly ExtensionOffer[]): DeflateAgreement | undefined {
  for (const { name, params } of offers) {
    const agreement = name === "permessage-deflate" ? answerOffer(params) : undefined
    if (agreement) return agreement
  }
  return undefined
}

function answerOffer(params: ExtensionOffer["params"]): DeflateAgreement | undefined {
  const given = new Map(params)
  if (given.size < params.length) return undefined
  let windowBits = largestWindow
  for (const [name, value] of given) {
    if (name === "server_no_context_takeover" || name === "client_no_context_takeover") {
      if (value !== true) return undefined
    } else if (name === "client_max_window_bits") {
      if (value !== true && windowOf(value) === undefined) return undefined
    } else if (name === "server_max_window_bits") {
      const bits = windowOf(value)
      if (bits === undefined || bits < smallestWindow) return undefined
      windowBits = bits
    } else return undefined
  }
  const limited = given.has("server_max_window_bits") ? `; server_max_window_bits=${windowBits}` : ""
  return {
    answer: `permessage-deflate; server_no_context_takeover; client_no_context_takeover${limited}`,
    windowBits,
  }
}

/** 8 to 15, in decimal without leading zeros (RFC 7692 section 7.1.2). */
function windowOf(value: string | true): number | undefined {
  return value !== true && /^(?:[89]|1[0-5])$/.test(value) ? Number(value) : undefined
}
