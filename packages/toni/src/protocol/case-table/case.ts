// Our own table of the cases of the Autobahn test suite, by its numbers: what a client sends, and what a server owes it
// by RFC 6455. The suite itself is on no registry that we may install from. For tests; no part of what ships.

/** A frame as the client sends it: final, masked and without reserved bits unless said otherwise. */
export interface CaseFrame {
  readonly opcode: number
  readonly payload: Uint8Array
  readonly fin?: boolean
  readonly rsv?: number
}

/** What the server sends back. */
export interface CaseAnswer {
  readonly kind: "text" | "binary" | "pong"
  readonly payload: Uint8Array
}

export interface Script {
  readonly frames: readonly CaseFrame[]
  readonly answers: readonly CaseAnswer[]
  /** The code of the server's Close; 1005 is one without. Default 1000: the client closes with it in the end. */
  readonly closes?: number
  /** How the bytes travel: all in one piece, a piece for each frame, or in pieces of so many bytes. Default `"whole"`. */
  readonly pieces?: "whole" | "frames" | number
  /** The rest is sent once so many answers have come, after the frame with this index. */
  readonly pause?: { readonly after: number; readonly answers: number }
  /** The frame with this index settles the outcome: a strict server closes without waiting for the rest. */
  readonly settledBy?: number
}

export interface Case {
  /** The number in the suite: `"1.1.1"`. */
  readonly id: string
  /** What is sent and what is owed, as a sentence. */
  readonly title: string
  /** Built when it is run: some are large. */
  readonly script: () => Script
}

const encoder = new TextEncoder()

export const utf8 = (text: string): Uint8Array => encoder.encode(text)
export const hex = (digits: string): Uint8Array =>
  Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
export const repeat = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte)
export const none: Uint8Array = new Uint8Array(0)

export const continuation = (payload: Uint8Array, fin = true): CaseFrame => ({ opcode: 0, payload, fin })
export const text = (payload: Uint8Array, fin = true): CaseFrame => ({ opcode: 1, payload, fin })
export const binary = (payload: Uint8Array, fin = true): CaseFrame => ({ opcode: 2, payload, fin })
export const ping = (payload: Uint8Array, fin = true): CaseFrame => ({ opcode: 9, payload, fin })
export const pong = (payload: Uint8Array, fin = true): CaseFrame => ({ opcode: 10, payload, fin })
/** A Close; without a code it is empty. */
export const close = (code?: number, reason: Uint8Array = none): CaseFrame => ({
  opcode: 8,
  payload: code === undefined ? none : Uint8Array.of(code >> 8, code & 0xff, ...reason),
})

export const texts = (...payloads: readonly Uint8Array[]): CaseAnswer[] =>
  payloads.map((payload) => ({ kind: "text", payload }))
export const binaries = (...payloads: readonly Uint8Array[]): CaseAnswer[] =>
  payloads.map((payload) => ({ kind: "binary", payload }))
export const pongs = (...payloads: readonly Uint8Array[]): CaseAnswer[] =>
  payloads.map((payload) => ({ kind: "pong", payload }))

/** A message in frames of `size` bytes. */
export function fragments(opcode: 1 | 2, payload: Uint8Array, size: number): CaseFrame[] {
  const count = Math.max(1, Math.ceil(payload.byteLength / size))
  return Array.from({ length: count }, (_, index) => ({
    opcode: index === 0 ? opcode : 0,
    payload: payload.subarray(index * size, (index + 1) * size),
    fin: index === count - 1,
  }))
}

/** One case. `title` completes "The case …" as a sentence of its own. */
export const aCase = (id: string, title: string, script: () => Script): Case => ({ id, title, script })
