import { isUtf8 } from "node:buffer"
import { constants, deflateRawSync } from "node:zlib"
import fc from "fast-check"
import * as ws from "ws"
import { describe, expect, test } from "vitest"
import { clientFrame, opcode, type FrameFields } from "../../conformance/frame.ts"
import { FrameDecoder } from "../../protocol/frame-decoder.ts"
import { headLength, writeHead } from "../../protocol/frame-encoder.ts"
import { zlibDeflater } from "./zlib-deflater.ts"

// The same compressed streams through our decoder and through the receiver of `ws`: the same messages, the same end.

const { continuation, text, binary, close, ping } = opcode
const limits = { maxPayload: 70_000, maxFragments: 8 }
const rsv1 = 4

/** What a receiver has told: `text hex`, `ping hex`, `close 1000`, `fault 1002`. */
type Account = readonly string[]

const hex = (bytes: Uint8Array): string => {
  const all = Buffer.from(bytes)
  return all.byteLength < 100 ? all.toString("hex") : `${all.byteLength} bytes ${all.subarray(0, 40).toString("hex")}`
}

function ours(pieces: readonly Uint8Array[], masked: boolean): Account {
  const account: string[] = []
  const decoder = new FrameDecoder(
    {
      receivedMessage: (data, isText) => void account.push(`${isText ? "text" : "binary"} ${hex(data)}`),
      receivedPing: (payload) => void account.push(`ping ${hex(payload)}`),
      receivedPong: () => undefined,
      receivedClose: ({ code }) => void account.push(`close ${code}`),
      receivedFault: ({ code }) => void account.push(`fault ${code}`),
    },
    { ...limits, isUtf8, masked, deflater: zlibDeflater },
  )
  for (const piece of pieces) decoder.read(Uint8Array.from(piece))
  return account
}

/** The parts of `ws` that its types leave out. */
interface Receiver {
  on(event: string, listener: (...args: never[]) => void): void
  _write(piece: Buffer, encoding: string, done: (error?: object) => void): void
}
interface PerMessageDeflate {
  accept(offers: readonly object[]): object
  cleanup(): void
}
const library = ws as unknown as {
  Receiver: new (options: object) => Receiver
  PerMessageDeflate: new (options: object) => PerMessageDeflate
}

/** The close code that `ws` hangs on its errors. */
function codeOf(error: object): unknown {
  const symbol = Object.getOwnPropertySymbols(error).find(({ description }) => description === "status-code")
  return symbol && (error as Record<symbol, unknown>)[symbol]
}

async function theirs(pieces: readonly Uint8Array[], masked: boolean): Promise<Account> {
  const account: string[] = []
  const deflate = new library.PerMessageDeflate({ isServer: masked, maxPayload: limits.maxPayload, threshold: 0 })
  deflate.accept([{ server_no_context_takeover: [true], client_no_context_takeover: [true] }])
  const receiver = new library.Receiver({
    ...limits,
    isServer: masked,
    extensions: { "permessage-deflate": deflate },
  })
  let isDone = false
  receiver.on("message", (data: Buffer, isBinary: boolean) =>
    account.push(`${isBinary ? "binary" : "text"} ${hex(data)}`),
  )
  receiver.on("ping", (data: Buffer) => account.push(`ping ${hex(data)}`))
  receiver.on("conclude", (code: number) => {
    isDone = true
    account.push(`close ${code}`)
  })
  for (const piece of pieces) {
    if (isDone) break
    await new Promise<void>((resolve) => {
      receiver.on("conclude", () => resolve())
      receiver._write(Buffer.from(piece), "", (error) => {
        if (error !== undefined) {
          isDone = true
          account.push(`fault ${String(codeOf(error))}`)
        }
        resolve()
      })
    })
  }
  deflate.cleanup()
  return account
}

// ── streams ────────────────────────────────────────────────────────────────────────────────────────────────────────

type Frames = readonly FrameFields[]

const deflated = (payload: Uint8Array, level: number): Buffer =>
  deflateRawSync(payload, { level, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)

const levels = fc.constantFrom(0, 1, 6, 9)
const payloads = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "grapheme", maxLength: 60 }).map((each) => Buffer.from(each)) },
  {
    weight: 2,
    arbitrary: fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each.map((byte) => byte & 0x7f))),
  },
  { weight: 1, arbitrary: fc.constantFrom(1_000, 65_535, 69_999, 70_000).map((length) => Buffer.alloc(length, "ab")) },
)
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 })

/** The bytes as the payload of one message, in as many frames as there are cuts and one; the first frame has RSV1. */
function framed(kind: number, payload: Buffer, places: readonly number[], rsv = rsv1): Frames {
  const ends = places.map((place) => Math.floor(place * payload.byteLength)).sort((a, b) => a - b)
  return [...ends, payload.byteLength].map((end, index) => ({
    opcode: index === 0 ? kind : continuation,
    payload: payload.subarray(ends[index - 1] ?? 0, end),
    fin: index === ends.length,
    rsv: index === 0 ? rsv : 0,
  }))
}

const kinds = fc.constantFrom<number>(text, binary)
const compressed = fc
  .tuple(kinds, payloads, levels, cuts)
  .map(([kind, payload, level, places]) => ({ kind, bytes: deflated(payload, level), places }))
  // Where compression makes it longer, we differ; see below.
  .filter(({ bytes }) => bytes.byteLength <= limits.maxPayload)
  .map(({ kind, bytes, places }) => framed(kind, bytes, places))
const plain = fc.tuple(kinds, payloads, cuts).map(([kind, payload, places]) => framed(kind, payload, places, 0))
const pinged = fc.uint8Array({ maxLength: 20 }).map((payload): Frames => [{ opcode: ping, payload }])
const goodPart = fc.oneof(
  { weight: 6, arbitrary: compressed },
  { weight: 2, arbitrary: plain },
  { weight: 1, arbitrary: pinged },
)

/** Each ends the stream, and for both receivers with the same code. */
const badPart: fc.Arbitrary<Frames> = fc.oneof(
  // Longer than maxPayload once it is inflated, whole and in fragments.
  fc
    .tuple(fc.constantFrom(70_001, 500_000, 5_000_000), cuts)
    .map(([length, places]) => framed(binary, deflated(Buffer.alloc(length), 9), places)),
  // No DEFLATE: the third kind of block does not exist.
  fc
    .tuple(fc.uint8Array({ maxLength: 40 }), kinds)
    .map(([rest, kind]) => framed(kind, Buffer.from([0x07, ...rest]), [])),
  // Not UTF-8 once it is inflated.
  fc
    .tuple(fc.constantFrom([0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82]), levels, cuts)
    .map(([bytes, level, places]) => framed(text, deflated(Buffer.from(bytes), level), places)),
  // RSV1 where it may not be: on a continuation, on a ping, beside another reserved bit.
  fc.constant<Frames>([
    { opcode: text, payload: "a", fin: false },
    { opcode: continuation, payload: "b", rsv: rsv1 },
  ]),
  fc.constantFrom<Frames>([{ opcode: ping, rsv: rsv1 }], [{ opcode: close, rsv: rsv1 }]),
  fc.constantFrom(5, 6, 7).map((rsv): Frames => [{ opcode: text, payload: "", rsv }]),
  fc.constant<Frames>([{ opcode: close, payload: Buffer.of(0x03, 0xe8) }]),
)

function encode(frames: Frames, masked: boolean): Buffer {
  return Buffer.concat(frames.map((frame) => clientFrame({ ...frame, masked })))
}

function cut(stream: Buffer, places: readonly number[]): readonly Buffer[] {
  const ends = places.map((place) => Math.floor(place * stream.byteLength)).sort((a, b) => a - b)
  return [...ends, stream.byteLength].map((end, index) => stream.subarray(ends[index - 1] ?? 0, end))
}

// ── the comparison ─────────────────────────────────────────────────────────────────────────────────────────────────

describe.each([
  ["as a server", true],
  ["as a client", false],
])("RFC 7692 %s, we and ws tell the same", (_role, masked) => {
  test("of any messages, compressed or not, in any fragments and pieces", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(goodPart, { minLength: 1, maxLength: 6 }), cuts, async (parts, places) => {
        const pieces = cut(encode(parts.flat(), masked), places)
        const account = ours(pieces, masked)
        expect(account).toEqual(await theirs(pieces, masked))
        expect(account).toHaveLength(parts.length)
      }),
      { numRuns: 150 },
    )
  })

  test("of whatever ends a stream: the same messages before it, and the same code", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(goodPart, { maxLength: 3 }),
        badPart,
        goodPart,
        cuts,
        async (parts, bad, behind, places) => {
          const pieces = cut(encode([...parts.flat(), ...bad, ...behind], masked), places)
          const account = ours(pieces, masked)
          expect(account).toEqual(await theirs(pieces, masked))
          expect(account.at(-1)).toMatch(/^(?:fault|close) \d+$/)
        },
      ),
      { numRuns: 150 },
    )
  })

  test("of a short stream, at every split point and in one-byte pieces", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(goodPart, badPart), { minLength: 1, maxLength: 3 }), async (parts) => {
        const stream = encode(parts.flat(), masked).subarray(0, 300)
        const whole = await theirs([stream], masked)
        for (let place = 0; place <= stream.byteLength; place++) {
          expect(ours([stream.subarray(0, place), stream.subarray(place)], masked)).toEqual(whole)
        }
        expect(
          ours(
            [...stream].map((byte) => Uint8Array.of(byte)),
            masked,
          ),
        ).toEqual(whole)
      }),
      { numRuns: 40 },
    )
  })
})

test("RFC 7692 section 7.2.1: what we compress, in any window, is what ws inflates", async () => {
  const sent = fc.tuple(fc.constantFrom(text, binary), payloads, fc.integer({ min: 9, max: 15 }))
  await fc.assert(
    fc.asyncProperty(fc.array(sent, { minLength: 1, maxLength: 5 }), async (messages) => {
      const frames = messages.map(([kind, payload, windowBits]) => {
        const bytes = zlibDeflater.deflate(payload, windowBits)
        const frame = Buffer.alloc(headLength(bytes.length) + bytes.length)
        frame.set(bytes, writeHead(frame, 0, kind, bytes.length, true))
        return frame
      })
      const told = messages.map(([kind, payload]) => `${kind === text ? "text" : "binary"} ${hex(payload)}`)
      expect(await theirs(frames, false)).toEqual(told)
    }),
    { numRuns: 100 },
  )
})

test("G20a maxPayload counts what comes out, where ws also counts what came over the wire", async () => {
  const payload = Buffer.alloc(limits.maxPayload, "a")
  const stream = [encode(framed(binary, deflated(payload, 0), []), true)]
  expect(stream[0]?.byteLength).toBeGreaterThan(limits.maxPayload)
  expect(ours(stream, true)).toEqual([`binary ${hex(payload)}`])
  expect(await theirs(stream, true)).toEqual(["fault 1009"])
})
