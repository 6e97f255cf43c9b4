import { html, image, json, noise, prose } from "./compression-data.ts"

/** A parameter of an offer; one without a value has `true`. */
export type OfferParam = readonly [name: string, value: string | true]

/** Messages that a client compresses and sends, each once the one before has come back. */
export interface CompressionCase {
  /** The number in the suite: `"12.1.1"`. */
  readonly id: string
  /** What is sent, as a sentence. */
  readonly title: string
  /** The offers of permessage-deflate, best first, each by its parameters. */
  readonly offers: readonly (readonly OfferParam[])[]
  readonly isText: boolean
  /** Bytes of one frame, once the message is compressed; `Infinity` is the whole message. */
  readonly frameSize: number
  /** Cut when it is run. */
  readonly messages: () => readonly Uint8Array[]
}

const KiB = 1024
/** Each case sends this many bytes, but no fewer messages than `fewest` and no more than `most`. */
const bytesPerCase = 64 * KiB
/**
 * The suite sends 1,000 messages in each case, to see a window that is carried on from one to the next and goes wrong.
 * Here none is: every message begins anew, so a second one shows all that a thousandth could.
 */
const [fewest, most] = [2, 25]

/** Bytes of a message, and of a frame. */
const sizes: readonly (readonly [message: number, frame: number])[] = [
  ...[16, 64, 256, KiB, 4 * KiB, 8 * KiB, 16 * KiB, 32 * KiB, 64 * KiB, 128 * KiB].map(
    (size) => [size, Infinity] as const,
  ),
  ...[8 * KiB, 16 * KiB, 32 * KiB, 64 * KiB, 128 * KiB].map((size) => [size, 256] as const),
  ...[KiB, 4 * KiB, 32 * KiB].map((frame) => [128 * KiB, frame] as const),
]

interface Data {
  readonly name: string
  readonly isText: boolean
  readonly bytes: () => Uint8Array
}

/** Makes something once, when it is first needed. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => (made ??= { value: make() }).value
}

const jsonData: Data = { name: "JSON", isText: true, bytes: once(json) }
/** 12.1 to 12.5. The suite has a PDF where we have noise. */
const kinds: readonly Data[] = [
  jsonData,
  { name: "an image", isText: false, bytes: once(image) },
  { name: "prose", isText: false, bytes: once(prose) },
  { name: "HTML", isText: true, bytes: once(html) },
  { name: "noise", isText: false, bytes: once(noise) },
]

/** What clients can do in any case: compress without a window, or with a smaller one (RFC 7692 section 7.1). */
const willing: readonly OfferParam[] = [
  ["client_no_context_takeover", true],
  ["client_max_window_bits", true],
]

function offer(asksNoTakeover: boolean, windowBits: number): readonly OfferParam[] {
  const takeover: readonly OfferParam[] = asksNoTakeover ? [["server_no_context_takeover", true]] : []
  const window: readonly OfferParam[] = windowBits > 0 ? [["server_max_window_bits", String(windowBits)]] : []
  return [...takeover, ...window, ...willing]
}

/** 13.1 to 13.7: what is asked of the server. */
const asked: readonly (readonly (readonly [noTakeover: boolean, windowBits: number])[])[] = [
  [[false, 0]],
  [[true, 0]],
  [[false, 9]],
  [[false, 15]],
  [[true, 9]],
  [[true, 15]],
  [
    [true, 9],
    [true, 0],
    [false, 0],
  ],
]

/** The cases of one group: a message of every size. */
const group = (id: string, data: Data, offers: CompressionCase["offers"], what: string): readonly CompressionCase[] =>
  sizes.map(([size, frameSize], index) => ({
    id: `${id}.${index + 1}`,
    title: `${what} in messages of ${size} bytes${frameSize === Infinity ? "" : `, in frames of ${frameSize},`} comes back`,
    offers,
    isText: data.isText,
    frameSize,
    messages: () => cut(data, size, Math.max(fewest, Math.min(most, Math.round(bytesPerCase / size)))),
  }))

/** So many messages of this size, one behind the other in the data, and from its start again. */
function cut({ bytes, isText }: Data, size: number, count: number): readonly Uint8Array[] {
  const all = bytes()
  return Array.from({ length: count }, (_, index) => {
    const start = (index * size) % (all.byteLength - size)
    const message = all.slice(start, start + size)
    return isText ? mendEnds(message) : message
  })
}

/** A letter that a cut went through becomes blanks, so that what is cut out of a text is one. */
function mendEnds(bytes: Uint8Array): Uint8Array {
  const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80
  for (let index = 0; isContinuation(bytes[index]); index++) bytes[index] = 0x20
  // Every letter that the data has takes one byte or two.
  const last = bytes.byteLength - 1
  if ((bytes[last] as number) >= 0xc0) bytes[last] = 0x20
  return bytes
}

/** Section 12, every kind of data with one offer, and section 13, JSON with every offer. */
export const compressionCases: readonly CompressionCase[] = [
  ...kinds.flatMap((data, index) => group(`12.${index + 1}`, data, [willing], data.name)),
  ...asked.flatMap((each, index) => {
    const offers = each.map(([noTakeover, windowBits]) => offer(noTakeover, windowBits))
    const what = `JSON to ${each.map(([noTakeover, windowBits]) => `(${noTakeover}, ${windowBits})`).join(", ")}`
    return group(`13.${index + 1}`, jsonData, offers, what)
  }),
]
