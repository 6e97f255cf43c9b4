import fc from "fast-check"
import { constants, createInflateRaw, deflateRawSync, inflateRawSync, type InflateRaw } from "node:zlib"
import { describe, expect, test } from "vitest"
import { html, noise } from "../../protocol/case-table/compression-data.ts"
import { mostStreams } from "../../protocol/permessage-deflate.ts"
import { InflateContext } from "./inflate-context.ts"
import { inflateOnce } from "./inflate-once.ts"
import { chooseInflate, zlibDeflater } from "./zlib-deflater.ts"

const MiB = 2 ** 20
const { deflate } = zlibDeflater

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits.replaceAll(" ", ""), "hex"))
/** What was inflated, as text, or why it was not. */
const textOf = (inflated: Uint8Array | string): string =>
  typeof inflated === "string" ? inflated : Buffer.from(inflated).toString()
const hello = hex("f2 48 cd c9 c9 07 00")
/** `Hello` in a block that says it is the last, without the empty one that belongs behind it. */
const finalHello = hex("f3 48 cd c9 c9 07 00")
/** Three times the byte before: there is none at the beginning of a message. */
const lookingBack = hex("02 02 00")
const garbage = hex("ff ff ff ff")

/** Prose or noise of any length; often as much as one chunk of output takes, or two, or a little more or less. */
const lengths = fc.oneof(
  fc.nat(300),
  fc
    .tuple(fc.constantFrom(16_384, 65_536, 131_072), fc.integer({ min: -8, max: 8 }))
    .map(([one, other]) => one + other),
)
const [prose, chaos] = [html(), noise()]
const message = fc
  .tuple(lengths, fc.nat(9_000), fc.boolean())
  .map(([length, from, isProse]) => (isProse ? prose : chaos).subarray(from, from + length))
const windows = [9, 10, 11, 12, 13, 14, 15]

test.each(windows)("RFC 7692 section 7.1.2: no message refers back further than %i bits", (windowBits) => {
  // In chunks this small zlib has no more than the window to look into.
  const options = { windowBits, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 64 }
  expect(Buffer.compare(inflateRawSync(deflate(prose, windowBits), options), prose)).toBe(0)
})

test("RFC 7692 section 7.1.1: no message depends on another, so one that comes again leaves as it did", () => {
  const secret = Buffer.from("the password of somebody else is 0123456789")
  const alone = deflate(secret, 15)
  deflate(Buffer.concat([secret, secret, prose]), 15)
  expect(Buffer.compare(deflate(secret, 15), alone)).toBe(0)
})

test("RFC 7692 section 7.2.3.6: an empty message is a single byte", () => {
  expect(Buffer.from(deflate(new Uint8Array(0), 15)).toString("hex")).toBe("00")
})

test("the context that is kept works on this Node, and is chosen", () => {
  expect(chooseInflate()).not.toBe(inflateOnce)
})

describe.each([
  ["with a context that is kept", new InflateContext().inflate],
  ["with a context for each message", inflateOnce],
  ["as is chosen", zlibDeflater.inflate],
])("%s", (_name, inflate) => {
  test("messages come back, whatever came before", () => {
    const disturbance = fc.constantFrom(new Uint8Array(0), garbage, finalHello, hello)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(message, fc.constantFrom(...windows), disturbance, fc.nat(8)), { maxLength: 6 }),
        (messages) => {
          for (const [bytes, windowBits, before, limit] of messages) {
            inflate(before, limit)
            const inflated = inflate(deflate(bytes, windowBits), bytes.byteLength)
            expect(Buffer.compare(inflated as Uint8Array, bytes)).toBe(0)
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  test("RFC 7692 section 7.1.1: a message that refers to the one before is corrupt, and shows nothing of it", () => {
    const secret = Buffer.from("the password of somebody else is 0123456789")
    const thief = deflateRawSync(secret, { dictionary: secret, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
    expect(thief.byteLength).toBeLessThan(secret.byteLength / 2)
    const outcomes = [secret, Buffer.concat([secret, prose])].flatMap((before) => {
      const whole = deflate(before, 15)
      return [[whole, MiB] as const, [whole, 20] as const, [Buffer.concat([whole, hex("06")]), MiB] as const].map(
        ([bytes, limit]) => {
          const inflated = inflate(bytes, limit)
          return [typeof inflated === "string" ? inflated : "inflated", textOf(inflate(thief, MiB))]
        },
      )
    })
    expect(outcomes).toEqual(
      ["inflated", "too-long", "corrupt", "inflated", "too-long", "corrupt"].map((before) => [before, "corrupt"]),
    )
  })

  test("what comes out of one message is in memory of its own", () => {
    const [first, second] = [hello, hello].map((bytes) => inflate(bytes, 5) as Uint8Array) as [Uint8Array, Uint8Array]
    first.fill(0)
    inflate(deflate(prose, 15), MiB)
    expect(textOf(second)).toBe("Hello")
    expect(first.buffer).not.toBe(second.buffer)
  })

  test.each([
    ["7.2.3.1: a block", "f2 48 cd c9 c9 07 00"],
    ["7.2.3.3: a block without compression", "00 05 00 fa ff 48 65 6c 6c 6f 00"],
    ["7.2.3.4: a final block", "f3 48 cd c9 c9 07 00 00"],
    ["7.2.3.5: two blocks", "f2 48 05 00 00 00 ff ff ca c9 c9 07 00"],
  ])("RFC 7692 section %s is inflated", (_what, digits) => {
    expect(textOf(inflate(hex(digits), 5))).toBe("Hello")
  })

  test.each([
    ["another one", [finalHello, finalHello, hex("00")], "HelloHello"],
    ["a block that is not final", [finalHello, hello], "HelloHello"],
    ["a block without compression", [finalHello, hex("00 05 00 fa ff 48 65 6c 6c 6f 00")], "HelloHello"],
    ["nothing at all", [finalHello], "Hello"],
    ["garbage", [finalHello, garbage], "corrupt"],
    ["a reference to what is before it", [finalHello, lookingBack], "corrupt"],
  ])("RFC 7692 section 7.2.1: behind a final block may stand other blocks; with %s", (_what, parts, text) => {
    expect(textOf(inflate(Buffer.concat(parts), 10))).toBe(text)
  })

  test("a message has a bounded number of final blocks", () => {
    const streams = (count: number): Buffer => Buffer.concat([...Array<Uint8Array>(count - 1).fill(finalHello), hello])
    expect(textOf(inflate(streams(mostStreams), MiB))).toBe("Hello".repeat(mostStreams))
    expect(textOf(inflate(streams(mostStreams + 1), MiB))).toBe("corrupt")
    const begin = process.cpuUsage()
    expect(textOf(inflate(Buffer.concat(Array<Uint8Array>(500_000).fill(hex("03 00"))), MiB))).toBe("corrupt")
    expect(process.cpuUsage(begin).user).toBeLessThan(500_000)
  })

  test("G20a what comes out may be as long as the limit, and not a byte longer", () => {
    for (const length of [2, 16_384, 65_535, 65_536, 65_537, 131_072]) {
      const deflated = deflate(prose.subarray(0, length), 15)
      expect(inflate(deflated, length)).toHaveLength(length)
      expect(inflate(deflated, length - 1)).toBe("too-long")
    }
    const twice = Buffer.concat([finalHello, hello])
    const outcomes = [10, 9, 5, 4].map((limit) => textOf(inflate(twice, limit)))
    expect(outcomes).toEqual(["HelloHello", "too-long", "too-long", "too-long"])
  })

  test("G20a where nothing may come out, an empty message does", () => {
    expect(textOf(inflate(hex("00"), 0))).toBe("")
    expect(textOf(inflate(deflate(Buffer.from("a"), 15), 0))).toBe("too-long")
  })

  test.each([
    ["a reserved kind of block", "06"],
    ["a stored block whose lengths differ", "00 05 00 05 00 48 65 6c 6c 6f 00"],
    ["too many symbols", "fc 00 00"],
    ["code lengths that make no code", "04 00 fe ff"],
    ["a distance that has no code", "02 7e ff ff"],
    ["a reference before the beginning", "02 02 00"],
    ["noise", "ff ff ff ff"],
  ])("RFC 1951 section 3.2: %s is corrupt, and the next message is not", (_what, digits) => {
    expect(textOf(inflate(hex(digits), MiB))).toBe("corrupt")
    expect(textOf(inflate(hello, MiB))).toBe("Hello")
  })
})

test("both ways to inflate make the same of any bytes, but for what is wrong first with those that are corrupt and too long", () => {
  const { inflate } = new InflateContext()
  const damaged = fc
    .tuple(
      message,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    .map(([bytes, flips, part]) => {
      const deflated = Buffer.from(deflate(bytes, 15))
      for (const [place, byte] of flips) deflated[place % deflated.byteLength] = byte
      return deflated.subarray(0, Math.ceil(part * deflated.byteLength))
    })
  const ends = new Set<string>()
  const bytesOf = (inflated: Uint8Array | string): Uint8Array =>
    typeof inflated === "string" ? new Uint8Array(0) : inflated
  fc.assert(
    fc.property(
      fc.oneof(damaged, fc.uint8Array({ maxLength: 60 })),
      fc.constantFrom(100, 20_000, MiB),
      (bytes, limit) => {
        const [one, other] = [inflate(bytes, limit), inflateOnce(bytes, limit)]
        ends.add(typeof other === "string" ? other : "inflated")
        expect(typeof one).toBe(typeof other)
        expect(Buffer.compare(bytesOf(one), bytesOf(other))).toBe(0)
      },
    ),
    { numRuns: 600 },
  )
  expect([...ends].sort()).toEqual(["corrupt", "inflated", "too-long"])
})

test("one context is made for all messages, nothing is hung on it, and what comes out holds its own bytes alone", () => {
  const streams: InflateRaw[] = []
  const inflate = chooseInflate(() => {
    streams.push(createInflateRaw())
    return streams.at(-1) as InflateRaw
  })
  const listeners = (): readonly number[] =>
    streams.flatMap((one) => one.eventNames().map((name) => one.listenerCount(name)))
  const before = listeners()
  for (let round = 0; round < 100; round++) [hello, garbage, finalHello].forEach((bytes) => inflate(bytes, MiB))
  expect(streams).toHaveLength(1)
  expect(listeners()).toEqual(before)
  expect((inflate(hello, MiB) as Uint8Array).buffer.byteLength).toBe(5)
})

describe("each message has a context of its own where Node", () => {
  /** The parts of a stream that its types leave out. */
  type Parts = InflateRaw & { _handle: Record<string, unknown>; _writeState: Uint32Array; kept: unknown }
  const changes: Readonly<Record<string, (stream: Parts) => unknown>> = {
    "does not show the context": (stream) => Object.defineProperty(stream, "_handle", { value: undefined }),
    "has no write that waits": (stream) => Object.defineProperty(stream._handle, "writeSync", { value: undefined }),
    "tells nowhere how far a write came": (stream) => {
      // The handle goes on to write into it, so it must not be collected.
      stream.kept = stream._writeState
      stream._writeState = new Uint32Array(2)
    },
    "does not reset": (stream) => Object.defineProperty(stream, "reset", { value: () => stream }),
  }

  test.each(Object.entries(changes))("%s", (_what, change) => {
    const streams: InflateRaw[] = []
    const inflate = chooseInflate(() => {
      const stream = createInflateRaw()
      change(stream as Parts)
      streams.push(stream)
      return stream
    })
    expect(streams).toHaveLength(1)
    expect(inflate).toBe(inflateOnce)
  })
})
