import { isUtf8 } from "node:buffer"
import { constants, deflateRawSync, type ZlibOptions } from "node:zlib"
import fc from "fast-check"
import * as ws from "ws"
import { describe, expect, test } from "vitest"
import { zlibDeflater } from "../adapter/node/zlib-deflater.ts"
import { noise as makeNoise } from "./case-table/compression-data.ts"
import { clientFrame, opcode, type FrameFields } from "../conformance/frame.ts"
import { FrameDecoder } from "./frame-decoder.ts"
import { headLength, writeHead } from "./frame-encoder.ts"
import type { Deflater } from "./permessage-deflate.ts"

// The same bytes through our decoder and through the receiver of `ws`: the same messages, the same end.

const { continuation, text, binary, close, ping, pong } = opcode

/** What a receiver has told: `text hex`, `ping hex`, `close 1000 hex`, `fault 1002`. */
type Account = readonly string[]

interface Limits {
  readonly maxPayload: number
  readonly maxFragments: number
}

const limits: Limits = { maxPayload: 70_000, maxFragments: 6 }

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

function ours(pieces: readonly Uint8Array[], masked: boolean, deflater?: Deflater): Account {
  const account: string[] = []
  const decoder = new FrameDecoder(
    {
      receivedMessage: (data, isText) => void account.push(`${isText ? "text" : "binary"} ${hex(data)}`),
      receivedPing: (payload) => void account.push(`ping ${hex(payload)}`),
      receivedPong: (payload) => void account.push(`pong ${hex(payload)}`),
      receivedClose: ({ code, reason }) => void account.push(`close ${code} ${hex(Buffer.from(reason))}`),
      receivedFault: ({ code }) => void account.push(`fault ${code}`),
    },
    { ...limits, isUtf8, masked, deflater },
  )
  for (const piece of pieces) decoder.read(Uint8Array.from(piece))
  return account
}

/** The part of the receiver of `ws` that its types leave out. */
interface Receiver {
  on(event: string, listener: (...args: never[]) => void): void
  _write(piece: Buffer, encoding: string, done: (error?: { readonly code: string }) => void): void
}
interface ReceiverOptions extends Limits {
  readonly isServer: boolean
  readonly extensions?: Readonly<Record<string, PerMessageDeflate>>
}
interface PerMessageDeflate {
  accept(params: readonly Readonly<Record<string, readonly (string | true)[]>>[]): unknown
  cleanup(): void
}
const { Receiver, PerMessageDeflate } = ws as unknown as {
  readonly Receiver: new (options: ReceiverOptions) => Receiver
  readonly PerMessageDeflate: new (options: { isServer: boolean; maxPayload: number }) => PerMessageDeflate
}

/** The errors of `ws` that are not 1002. */
const codes: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
}

/** Where a receiver of `ws` tells what it takes, until it has come to an end. */
function listen(receiver: Receiver): { readonly account: string[]; isDone: boolean } {
  const told = { account: [] as string[], isDone: false }
  receiver.on("message", (data: Buffer, isBinary: boolean) =>
    told.account.push(`${isBinary ? "binary" : "text"} ${hex(data)}`),
  )
  receiver.on("ping", (data: Buffer) => told.account.push(`ping ${hex(data)}`))
  receiver.on("pong", (data: Buffer) => told.account.push(`pong ${hex(data)}`))
  receiver.on("conclude", (code: number, reason: Buffer) => {
    told.isDone = true
    told.account.push(`close ${code} ${hex(reason)}`)
  })
  return told
}

function theirs(pieces: readonly Uint8Array[], masked: boolean): Account {
  const receiver = new Receiver({ ...limits, isServer: masked })
  const told = listen(receiver)
  for (const piece of pieces) {
    if (told.isDone) break
    // Synchronous, unlike `write`, which tells of errors in another tick.
    receiver._write(Buffer.from(piece), "", (error) => {
      if (error === undefined) return
      told.isDone = true
      told.account.push(`fault ${codes[error.code] ?? 1002}`)
    })
  }
  return told.account
}

// ── streams ────────────────────────────────────────────────────────────────────────────────────────────────────────

type Frames = readonly FrameFields[]

const mask = fc.oneof(
  fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)),
  fc.constantFrom([0, 0, 0, 0], [0, 0, 0, 1]),
)
const lengths = fc.oneof(
  { weight: 6, arbitrary: fc.nat(40) },
  { weight: 2, arbitrary: fc.constantFrom(0, 124, 125, 126, 127, 128) },
  { weight: 1, arbitrary: fc.constantFrom(65_535, 65_536, 69_999, 70_000, 70_001) },
)
const goodText = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "grapheme", maxLength: 30 }).map((each) => Buffer.from(each)) },
  { weight: 1, arbitrary: lengths.map((length) => Buffer.alloc(length, "ab")) },
)
const badText = fc
  .tuple(goodText, fc.constantFrom([0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]))
  .map(([good, bad]) => Buffer.concat([good, Buffer.from(bad)]))
const bytes = fc.tuple(lengths, fc.nat(255)).map(([length, byte]) => Buffer.alloc(length, byte))
const controlPayload = fc.uint8Array({ maxLength: 125 }).map((each) => Buffer.from(each))

const control = fc.record({ opcode: fc.constantFrom(ping, pong), payload: controlPayload, mask })

/** A message in fragments, cut anywhere, with controls in between. */
const message = (kind: fc.Arbitrary<number>, payload: fc.Arbitrary<Buffer>): fc.Arbitrary<Frames> =>
  fc
    .record({
      kind,
      payload,
      cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
      between: fc.array(fc.option(control, { freq: 3 }), { maxLength: 6 }),
      mask,
    })
    .map(({ kind: first, payload: whole, cuts, between, mask: key }) => {
      const places = [
        0,
        ...cuts.map((cut) => Math.floor(cut * whole.byteLength)).sort((a, b) => a - b),
        whole.byteLength,
      ]
      return places.slice(1).flatMap((end, index): FrameFields[] => {
        const fin = index === places.length - 2
        const frame = {
          opcode: index === 0 ? first : continuation,
          payload: whole.subarray(places[index], end),
          fin,
          mask: key,
        }
        const then = fin ? undefined : between[index]
        return then ? [frame, then] : [frame]
      })
    })

const closing = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(999, 1000, 1003, 1004, 1005, 1006, 1007, 1014, 1015, 1016, 2999, 3000, 4999, 5000),
      fc.nat(65_535),
    ),
    fc.oneof(
      { weight: 4, arbitrary: fc.string({ unit: "grapheme", maxLength: 20 }).map((each) => Buffer.from(each)) },
      { weight: 1, arbitrary: badText },
    ),
    mask,
  )
  .map(([code, reason, key]): FrameFields => ({
    opcode: close,
    payload: Buffer.concat([Buffer.of(code >> 8, code & 255), reason.subarray(0, 123)]),
    mask: key,
  }))

/** A frame with any head whose length is spelled right. */
const anyFrame = fc.record({
  opcode: fc.nat(15),
  fin: fc.boolean(),
  rsv: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(7) }),
  payload: fc.oneof(
    goodText,
    lengths.map((length) => Buffer.alloc(length, "z")),
  ),
  mask,
})
const announcing = fc
  .tuple(
    fc.constantFrom(text, binary, ping),
    fc.constantFrom(70_001n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 62n),
    fc.boolean(),
  )
  .map(([kind, announced, fin]): FrameFields => ({ opcode: kind, announced, fin }))
/** Masked where it may not be, or the other way round. */
const wrongRole = anyFrame.map((frame): FrameFields => ({ ...frame, masked: "wrong" as never }))

const goodPart: fc.Arbitrary<Frames> = fc.oneof(
  { weight: 4, arbitrary: message(fc.constant<number>(text), goodText) },
  { weight: 3, arbitrary: message(fc.constant<number>(binary), bytes) },
  { weight: 2, arbitrary: control.map((frame) => [frame]) },
)
/** Whatever both must treat alike. Text that is bad comes in one frame: in fragments, we are earlier (see below). */
const anyPart: fc.Arbitrary<Frames> = fc.oneof(
  { weight: 10, arbitrary: goodPart },
  { weight: 1, arbitrary: closing.map((frame) => [frame]) },
  { weight: 1, arbitrary: fc.constant<Frames>([{ opcode: close }]) },
  { weight: 1, arbitrary: badText.map((payload) => [{ opcode: text, payload }]) },
  { weight: 2, arbitrary: anyFrame.map((frame) => [frame]) },
  { weight: 1, arbitrary: announcing.map((frame) => [frame]) },
  { weight: 1, arbitrary: wrongRole.map((frame) => [frame]) },
)

// ── where we differ ────────────────────────────────────────────────────────────────────────────────────────────────

/** A difference from `ws` that is meant. */
interface Difference {
  readonly title: string
  readonly reason: string
  /** Frames that bring it about. */
  readonly frames: fc.Arbitrary<Frames>
  /** Whether two accounts differ in just this way. */
  explains(ours: Account, theirs: Account): boolean
}

/** What `ws` tells beyond what we do, when we have ended with this fault; undefined when we tell something else. */
function beyond(account: Account, other: Account, code: number): Account | undefined {
  const agreed = account.slice(0, -1)
  if (account.at(-1) !== `fault ${code}` || agreed.some((told, index) => told !== other[index])) return undefined
  return other.slice(agreed.length)
}

const differences: readonly Difference[] = [
  {
    title: "a length in more bytes than it takes is 1002, and ws reads it",
    reason: "RFC 6455 section 5.2: the minimal number of bytes MUST be used. Nobody sends it but to find differences.",
    frames: fc
      .tuple(fc.constantFrom(text, binary), fc.constantFrom<16 | 64>(16, 64), fc.nat(125), fc.boolean())
      .map(([kind, lengthBits, length, fin]) => [
        { opcode: kind, lengthBits, payload: Buffer.alloc(length, "x"), fin },
      ]),
    explains: (account, other) => {
      const rest = beyond(account, other, 1002)
      return rest !== undefined && rest[0] !== "fault 1002"
    },
  },
  {
    title: "a length with its highest bit set is 1002, and 1009 for ws",
    reason: "RFC 6455 section 5.2: the most significant bit MUST be 0. It is no length that is too long, but none.",
    frames: fc
      .tuple(fc.constantFrom(text, binary), fc.constantFrom(2n ** 63n, 2n ** 64n - 1n))
      .map(([kind, announced]) => [{ opcode: kind, announced }]),
    explains: (account, other) => beyond(account, other, 1002)?.join() === "fault 1009",
  },
  {
    title: "a fragment that cannot become UTF-8 is 1007 at once, and for ws when the message ends",
    reason: "RFC 6455 section 8.1 lets us, Autobahn's cases 6.4.1 and 6.4.2 prefer it, and nothing is kept in vain.",
    frames: fc
      .tuple(
        badText.filter((each) => each.at(-1) !== 0x82),
        fc.array(fc.oneof(control, fc.constant<FrameFields>({ opcode: continuation, fin: false })), { maxLength: 3 }),
      )
      .map(([payload, between]) => [{ opcode: text, payload, fin: false }, ...between, { opcode: continuation }]),
    explains: (account, other) => {
      const rest = beyond(account, other, 1007)
      if (rest === undefined || rest[0] === "fault 1007") return false
      const next = rest.find((told) => !told.startsWith("p"))
      return next === undefined || next.startsWith("fault") || next.startsWith("close")
    },
  },
]

// ── the comparison ─────────────────────────────────────────────────────────────────────────────────────────────────

function encode(frames: Frames, masked: boolean): Buffer {
  const fields = frames.map((frame) => ({ ...frame, masked: (frame.masked as unknown) === "wrong" ? !masked : masked }))
  return Buffer.concat(fields.map(clientFrame))
}

/** The stream in pieces, cut at these parts of its length. */
function cut(stream: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [
    0,
    ...cuts.map((each) => Math.floor(each * stream.byteLength)).sort((a, b) => a - b),
    stream.byteLength,
  ]
  return places.slice(1).map((end, index) => stream.subarray(places[index], end))
}

const splits = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })

describe.each([
  ["as a server", true],
  ["as a client", false],
])("%s, we and ws tell the same", (_role, masked) => {
  test("of any stream, in any pieces", () => {
    let faults = 0
    fc.assert(
      fc.property(fc.array(anyPart, { maxLength: 8 }), splits, (parts, cuts) => {
        const pieces = cut(encode(parts.flat(), masked), cuts)
        const account = ours(pieces, masked)
        if (account.at(-1)?.startsWith("fault")) faults++
        expect(account).toEqual(theirs(pieces, masked))
      }),
      { numRuns: 600 },
    )
    // The generator reaches both kinds of end.
    expect(faults).toBeGreaterThan(50)
  })

  test("of any stream without a mistake, to its last message", () => {
    fc.assert(
      fc.property(fc.array(goodPart, { minLength: 1, maxLength: 8 }), splits, (parts, cuts) => {
        const pieces = cut(encode(parts.flat(), masked), cuts)
        expect(ours(pieces, masked)).toEqual(theirs(pieces, masked))
      }),
      { numRuns: 300 },
    )
  })

  test("of a short stream, at every split point, in one-byte pieces and whole", () => {
    fc.assert(
      fc.property(fc.array(anyPart, { maxLength: 4 }), (parts) => {
        const stream = encode(parts.flat(), masked).subarray(0, 300)
        const whole = theirs([stream], masked)
        for (let place = 0; place <= stream.byteLength; place++) {
          expect(ours([stream.subarray(0, place), stream.subarray(place)], masked)).toEqual(whole)
        }
        expect(
          ours(
            Array.from(stream, (byte) => Uint8Array.of(byte)),
            masked,
          ),
        ).toEqual(whole)
      }),
      { numRuns: 100 },
    )
  })

  test("of noise, but for the known differences", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), splits, (noise, cuts) => {
        const pieces = cut(Buffer.from(noise), cuts)
        const [account, other] = [ours(pieces, masked), theirs(pieces, masked)]
        const isKnown = differences.some(({ explains }) => explains(account, other))
        expect(isKnown ? other : account).toEqual(other)
      }),
      { numRuns: 1_500 },
    )
  })
})

describe("what is known to differ from ws differs so, and only so", () => {
  test.each(differences.map((difference) => [difference.title, difference] as const))("%s", (_title, difference) => {
    const { frames, explains } = difference
    let differs = 0
    fc.assert(
      fc.property(
        fc.array(goodPart, { maxLength: 3 }),
        frames,
        fc.array(goodPart, { maxLength: 2 }),
        splits,
        fc.boolean(),
        (before, offence, behind, cuts, masked) => {
          const pieces = cut(encode([...before.flat(), ...offence, ...behind.flat()], masked), cuts)
          const [account, other] = [ours(pieces, masked), theirs(pieces, masked)]
          // What comes before may have ended both already.
          const isAsKnown = explains(account, other)
          expect(isAsKnown ? other : account).toEqual(other)
          if (isAsKnown) differs++
        },
      ),
      { numRuns: 150 },
    )
    expect(differs).toBeGreaterThan(20)
  })
})

const chaos = Buffer.from(makeNoise())

// ── with compression ───────────────────────────────────────────────────────────────────────────────────────────────

/** The same streams through ours, with permessage-deflate. */
const oursInflated = (pieces: readonly Uint8Array[], masked: boolean): Account => ours(pieces, masked, zlibDeflater)

/** And through the receiver of `ws`, which inflates in other threads. */
async function theirsInflated(pieces: readonly Uint8Array[], masked: boolean, windowBits = 15): Promise<Account> {
  const deflate = new PerMessageDeflate({ isServer: masked, maxPayload: limits.maxPayload })
  const window = { server_max_window_bits: [String(windowBits)] }
  deflate.accept([{ server_no_context_takeover: [true], client_no_context_takeover: [true], ...window }])
  const receiver = new Receiver({ ...limits, isServer: masked, extensions: { "permessage-deflate": deflate } })
  const told = listen(receiver)
  for (const piece of pieces) {
    if (told.isDone) break
    const error = await new Promise<{ readonly code: string } | undefined>((resolve) =>
      receiver._write(Buffer.from(piece), "", resolve),
    )
    if (error === undefined) continue
    told.isDone = true
    // zlib's own errors have its own codes.
    told.account.push(`fault ${codes[error.code] ?? (error.code.startsWith("Z_") ? 1007 : 1002)}`)
  }
  deflate.cleanup()
  return told.account
}

const deflated = (data: Uint8Array, options: ZlibOptions = {}): Buffer =>
  deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH, ...options }).subarray(0, -4)
/** Ends with a block that says it is the last, and the empty one behind it (RFC 7692 section 7.2.3.4). */
const finished = (data: Uint8Array, options: ZlibOptions = {}): Buffer =>
  Buffer.concat([deflateRawSync(data, options), Buffer.of(0)])

/** Every kind of block, in every window, ended in either way. What is stored does not shrink, so it is small. */
const spelled = (payload: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> =>
  fc
    .record({
      payload,
      windowBits: fc.integer({ min: 9, max: 15 }),
      strategy: fc.constantFrom(constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY),
      isStored: fc.boolean(),
      isFinished: fc.boolean(),
    })
    .map(({ payload: data, isStored, isFinished, ...options }) => {
      const level = isStored && data.byteLength < 1_000 ? { level: 0 } : {}
      return (isFinished ? finished : deflated)(data, { ...options, ...level })
    })
/** The first frame says that the message is compressed (RFC 7692 section 6). */
const marked = (frames: Frames): Frames => frames.map((frame, index) => (index === 0 ? { ...frame, rsv: 4 } : frame))

const goodCompressed: fc.Arbitrary<Frames> = fc.oneof(
  message(fc.constant<number>(text), spelled(goodText)).map(marked),
  message(fc.constant<number>(binary), spelled(bytes.filter((each) => each.byteLength <= limits.maxPayload))).map(
    marked,
  ),
)
/** Whole streams of DEFLATE, but for their ends: what begins so is corrupt, whatever stands behind. */
const corrupt = fc
  .tuple(
    goodText.map((each) => deflated(each)),
    fc.constantFrom([0x06], [0x00, 0x05, 0x00, 0x05, 0x00], [0xfc, 0x00, 0x00], [0x02, 0x7e, 0xff, 0xff]),
  )
  .map(([good, bad]) =>
    Buffer.concat([good.subarray(0, -1), Buffer.from([0x00, 0x00, 0x00, 0xff, 0xff]), Buffer.from(bad)]),
  )
const tooLong = fc.integer({ min: 70_001, max: 3_000_000 }).map((length) => deflated(Buffer.alloc(length)))
const inOneFrame = (payload: fc.Arbitrary<Buffer>): fc.Arbitrary<Frames> =>
  fc
    .tuple(fc.constantFrom(text, binary), payload, mask)
    .map(([kind, data, key]) => [{ opcode: kind, rsv: 4, payload: data, mask: key }])
/** RSV1 where it may not be: on a continuation, on a control frame, with another reserved bit. */
const misplaced: fc.Arbitrary<Frames> = fc.constantFrom<Frames>(
  [
    { opcode: text, fin: false, payload: "a" },
    { opcode: continuation, rsv: 4, payload: "b" },
  ],
  [
    { opcode: text, rsv: 4, fin: false, payload: deflated(Buffer.from("a")) },
    { opcode: continuation, rsv: 4 },
  ],
  [{ opcode: ping, rsv: 4 }],
  [{ opcode: close, rsv: 4 }],
  [{ opcode: text, rsv: 6, payload: deflated(Buffer.from("a")) }],
  [{ opcode: binary, rsv: 5, payload: deflated(Buffer.from("a")) }],
)
const goodMixed = fc.oneof({ weight: 3, arbitrary: goodCompressed }, { weight: 2, arbitrary: goodPart })
const anyMixed: fc.Arbitrary<Frames> = fc.oneof(
  { weight: 12, arbitrary: goodMixed },
  // What is marked as compressed there may be no DEFLATE, and has a part of its own here.
  { weight: 4, arbitrary: anyPart.filter((frames) => frames.every(({ rsv = 0 }) => rsv !== 4)) },
  { weight: 1, arbitrary: inOneFrame(corrupt) },
  { weight: 1, arbitrary: inOneFrame(tooLong) },
  { weight: 1, arbitrary: badText.map((payload): Frames => [{ opcode: text, rsv: 4, payload: deflated(payload) }]) },
  { weight: 1, arbitrary: misplaced },
)

describe.each([
  ["as a server", true],
  ["as a client", false],
])("%s that inflates, we and ws tell the same", (_role, masked) => {
  test("of any stream, in any pieces", async () => {
    const ends = new Set<string>()
    await fc.assert(
      fc.asyncProperty(fc.array(anyMixed, { maxLength: 6 }), splits, async (parts, cuts) => {
        const pieces = cut(encode(parts.flat(), masked), cuts)
        const account = oursInflated(pieces, masked)
        ends.add((account.at(-1) ?? "").slice(0, 10))
        expect(account).toEqual(await theirsInflated(pieces, masked))
      }),
      { numRuns: 300 },
    )
    expect([...ends]).toEqual(expect.arrayContaining(["fault 1002", "fault 1007", "fault 1009"]))
  })

  test("of a short stream, at every split point, in one-byte pieces and whole", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyMixed, { maxLength: 4 }), async (parts) => {
        const stream = encode(parts.flat(), masked).subarray(0, 200)
        const whole = await theirsInflated([stream], masked)
        const bytewise = Array.from(stream, (byte) => Uint8Array.of(byte))
        expect(oursInflated(bytewise, masked)).toEqual(whole)
        expect(await theirsInflated(bytewise, masked)).toEqual(whole)
        for (let place = 0; place <= stream.byteLength; place++) {
          expect(oursInflated([stream.subarray(0, place), stream.subarray(place)], masked)).toEqual(whole)
        }
      }),
      { numRuns: 50 },
    )
  })
})

test("RFC 7692 section 7.2.1: what we compress, in any window, ws reads as what it was", async () => {
  const sent = fc.tuple(fc.oneof(goodText, bytes), fc.boolean(), fc.integer({ min: 9, max: 15 }))
  await fc.assert(
    fc.asyncProperty(fc.array(sent, { minLength: 1, maxLength: 3 }), splits, async (messages, cuts) => {
      const [, , windowBits] = messages[0] as (typeof messages)[0]
      const kept = messages.filter(([payload]) => payload.byteLength <= limits.maxPayload)
      const frames = kept.map(([payload, isText]) => {
        const data = zlibDeflater.deflate(payload, windowBits)
        const frame = new Uint8Array(headLength(data.byteLength) + data.byteLength)
        frame.set(data, writeHead(frame, 0, isText && isUtf8(payload) ? text : binary, data.byteLength, true))
        return frame
      })
      expect(await theirsInflated(cut(Buffer.concat(frames), cuts), false, windowBits)).toEqual(
        kept.map(([payload, isText]) => `${isText && isUtf8(payload) ? "text" : "binary"} ${hex(payload)}`),
      )
    }),
    { numRuns: 150 },
  )
})

/** Two of them are no longer than a message may be. */
const shortText = goodText.filter((each) => each.byteLength <= limits.maxPayload / 2)

/** A difference from `ws` that is meant, where messages are compressed. */
const compressedDifferences: readonly Difference[] = [
  {
    title: "behind a final block we read on, and ws leaves out what is there",
    reason: "RFC 7692 section 7.2.1: blocks with BFINAL may be used, and the next block follows the padded data.",
    frames: fc
      .tuple(
        shortText,
        shortText.filter((each) => each.byteLength > 0),
      )
      .map(([first, second]) => [
        { opcode: binary, rsv: 4, payload: Buffer.concat([finished(first).subarray(0, -1), deflated(second)]) },
      ]),
    explains: (account, other) => {
      const place = account.findIndex((told, index) => told !== other[index])
      const [longer = "", shorter = ""] = [account[place], other[place]]
      return (
        longer.length > shorter.length &&
        longer.startsWith(shorter) &&
        account.slice(place + 1).join() === other.slice(place + 1).join()
      )
    },
  },
  {
    title: "a fragment that is corrupt, or too long by then, ends it at once for ws, and for us when the message ends",
    reason: "RFC 7692 section 7.2.2 inflates a message. Until then it costs no more than its bytes on the wire.",
    frames: fc
      .tuple(fc.oneof(corrupt, tooLong), fc.array(control, { minLength: 1, maxLength: 3 }))
      .map(([payload, between]) => [
        { opcode: binary, rsv: 4, payload, fin: false },
        ...between,
        { opcode: continuation },
      ]),
    explains: (account, other) => {
      const end = other.at(-1) ?? ""
      const rest = account.slice(other.length - 1)
      return (
        /^fault 100[79]$/.test(end) &&
        other.slice(0, -1).every((told, index) => told === account[index]) &&
        rest.length > 1 &&
        rest.at(-1) === end &&
        rest.slice(0, -1).every((told) => told.startsWith("p"))
      )
    },
  },
  {
    title: "a message of maxPayload bytes that takes more on the wire is taken, and 1009 for ws",
    reason: "RFC 7692 section 7.2.1 may make a message longer; what is limited is the message, not how it is spelled.",
    frames: fc
      .nat(50_000)
      .map((from) => [{ opcode: binary, rsv: 4, payload: deflated(chaos.subarray(from, from + limits.maxPayload)) }]),
    explains: (account, other) => {
      const place = other.length - 1
      return other[place] === "fault 1009" && account[place]?.length === "binary ".length + 2 * limits.maxPayload
    },
  },
]

describe("with compression too, what is known to differ from ws differs so, and only so", () => {
  test.each(compressedDifferences.map((difference) => [difference.title, difference] as const))(
    "%s",
    async (_title, { frames, explains }) => {
      let differs = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(goodMixed, { maxLength: 2 }),
          frames,
          fc.array(goodMixed, { maxLength: 2 }),
          splits,
          fc.boolean(),
          async (before, offence, behind, cuts, masked) => {
            const pieces = cut(encode([...before.flat(), ...offence, ...behind.flat()], masked), cuts)
            const [account, other] = [oursInflated(pieces, masked), await theirsInflated(pieces, masked)]
            const isAsKnown = explains(account, other)
            expect(isAsKnown ? other : account).toEqual(other)
            if (isAsKnown) differs++
          },
        ),
        { numRuns: 50 },
      )
      expect(differs).toBeGreaterThan(20)
    },
  )
})
