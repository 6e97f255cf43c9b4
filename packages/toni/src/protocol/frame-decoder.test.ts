import { isUtf8 } from "node:buffer"
import { describe, expect, test } from "vitest"
import { clientFrame, closeFrame, opcode, type FrameFields } from "../conformance/frame.ts"
import { FrameDecoder, type DecoderSettings, type FrameSink } from "./frame-decoder.ts"

const { continuation, text, binary, close, ping, pong } = opcode
const usual: DecoderSettings = { maxPayload: 1_048_576, maxFragments: 4_096, isUtf8 }

/** A sink that notes what it is told, as `[what, …]`, with payloads as text. */
function noting(): { readonly seen: unknown[]; readonly sink: FrameSink } {
  const seen: unknown[] = []
  const spell = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1")
  const sink: FrameSink = {
    receivedMessage: (data, isText) => void seen.push([isText ? "text" : "binary", spell(data)]),
    receivedPing: (payload) => void seen.push(["ping", spell(payload)]),
    receivedPong: (payload) => void seen.push(["pong", spell(payload)]),
    receivedClose: ({ code, reason }) => void seen.push(["close", code, reason]),
    receivedFault: ({ code }) => void seen.push(["fault", code]),
  }
  return { seen, sink }
}

/** What comes of these pieces. Each is copied first: decoding changes it. */
function decode(pieces: readonly Uint8Array[], settings: Partial<DecoderSettings> = {}): readonly unknown[] {
  const { seen, sink } = noting()
  const decoder = new FrameDecoder(sink, { ...usual, ...settings })
  for (const piece of pieces) decoder.read(Uint8Array.from(piece))
  return seen
}

const sequence = (...frames: readonly FrameFields[]): Buffer => Buffer.concat(frames.map(clientFrame))
const bytewise = (bytes: Uint8Array): readonly Uint8Array[] => Array.from(bytes, (byte) => Uint8Array.of(byte))

/** A bit of everything, to the end. */
const everything = Buffer.concat([
  sequence(
    { opcode: text, payload: "Hello" },
    { opcode: binary },
    { opcode: text, payload: "x".repeat(126) },
    { opcode: text, payload: "par", fin: false },
    { opcode: ping, payload: "between" },
    { opcode: continuation, fin: false },
    { opcode: pong },
    { opcode: continuation, payload: "ts" },
    { opcode: binary, payload: Buffer.from([0, 128, 255]), mask: [0, 0, 0, 0] },
  ),
  closeFrame(4_000, "bye"),
])
const everythingSeen = [
  ["text", "Hello"],
  ["binary", ""],
  ["text", "x".repeat(126)],
  ["ping", "between"],
  ["pong", ""],
  ["text", "parts"],
  ["binary", "\x00\x80\xff"],
  ["close", 4_000, "bye"],
]

test("messages, pings, pongs and the Close are told in the order in which they end", () => {
  expect(decode([everything])).toEqual(everythingSeen)
})

test("it makes no difference into which two pieces a stream is cut", () => {
  for (let cut = 0; cut <= everything.byteLength; cut++) {
    expect(decode([everything.subarray(0, cut), everything.subarray(cut)])).toEqual(everythingSeen)
  }
})

test("nor into which three, around the heads of frames of every length", () => {
  for (const length of [0, 3, 125, 126, 65_536]) {
    const frames = sequence({ opcode: binary, payload: "a".repeat(length) }, { opcode: ping, payload: "b" })
    const edges = [0, 1, 2, 3, 5, 6, 8, 9, 10, 13, 14, 15, frames.byteLength - 14]
      .concat([8, 7, 6, 5, 3, 2, 1, 0].map((left) => frames.byteLength - left))
      .filter((edge) => edge >= 0 && edge <= frames.byteLength)
      .sort((one, other) => one - other)
    for (const [index, first] of edges.entries()) {
      for (const second of edges.slice(index)) {
        const pieces = [frames.subarray(0, first), frames.subarray(first, second), frames.subarray(second)]
        expect(decode(pieces)).toEqual([
          ["binary", "a".repeat(length)],
          ["ping", "b"],
        ])
      }
    }
  }
})

test("a stream may come byte by byte, with pieces of nothing in between", () => {
  expect(decode(bytewise(everything).flatMap((byte) => [byte, new Uint8Array(0)]))).toEqual(everythingSeen)
})

test("frames of servers, which are not masked, are read the same when that is what the settings say", () => {
  const frames = sequence(
    { opcode: text, payload: "é", fin: false, masked: false },
    { opcode: continuation, payload: "€", masked: false },
    { opcode: text, payload: "y".repeat(70_000), masked: false },
  )
  const wanted = [
    ["text", Buffer.from("é€").toString("latin1")],
    ["text", "y".repeat(70_000)],
  ]
  expect(decode([frames], { masked: false })).toEqual(wanted)
  for (const cut of [1, 2, 3, 7, 8, 12, 16, 17, 18, 100]) {
    expect(decode([frames.subarray(0, cut), frames.subarray(cut)], { masked: false })).toEqual(wanted)
  }
})

describe("what breaks a rule is told once, at any cut, and nothing behind it", () => {
  const bad = Buffer.from([0x61, 0xff])
  const halfACharacter = Buffer.from([0xe2, 0x82])
  const offences: readonly (readonly [string, number, Buffer, Partial<DecoderSettings>?])[] = [
    ["a frame that is not masked", 1002, sequence({ opcode: text, masked: false })],
    ["RSV1", 1002, sequence({ opcode: text, rsv: 4 })],
    ["RSV2", 1002, sequence({ opcode: binary, rsv: 2 })],
    ["RSV3 on a ping", 1002, sequence({ opcode: ping, rsv: 1 })],
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(
      (reserved) => [`opcode ${reserved}`, 1002, sequence({ opcode: reserved })] as const,
    ),
    ["a ping in fragments", 1002, sequence({ opcode: ping, fin: false })],
    ["a ping of 126 bytes", 1002, sequence({ opcode: ping, payload: "x".repeat(126) })],
    ["a pong that announces 2^62 bytes", 1002, sequence({ opcode: pong, announced: 2n ** 62n })],
    ["a continuation of nothing", 1002, sequence({ opcode: continuation })],
    ["a text within a text", 1002, sequence({ opcode: text, fin: false }, { opcode: text })],
    ["a binary within a text", 1002, sequence({ opcode: text, fin: false }, { opcode: binary })],
    ["5 bytes, spelled in 16 bits", 1002, sequence({ opcode: text, payload: "hello", lengthBits: 16 })],
    ["125 bytes, spelled in 16 bits", 1002, sequence({ opcode: text, payload: "x".repeat(125), lengthBits: 16 })],
    ["126 bytes, spelled in 64 bits", 1002, sequence({ opcode: text, payload: "x".repeat(126), lengthBits: 64 })],
    ["65,535 bytes, spelled in 64 bits", 1002, sequence({ opcode: text, announced: 65_535n, lengthBits: 64 })],
    [
      "a length with its highest bit set",
      1002,
      sequence({ opcode: text, announced: 2n ** 63n }),
      { maxPayload: Infinity },
    ],
    ["a length of 64 ones", 1002, sequence({ opcode: binary, announced: 2n ** 64n - 1n })],
    ["a text that is not UTF-8", 1007, sequence({ opcode: text, payload: bad })],
    ["a text that ends within a character", 1007, sequence({ opcode: text, payload: halfACharacter })],
    ["a fragment that cannot become UTF-8", 1007, sequence({ opcode: text, payload: bad, fin: false })],
    [
      "fragments that end within a character",
      1007,
      sequence({ opcode: text, payload: halfACharacter, fin: false }, { opcode: continuation }),
    ],
    ["a Close of one byte", 1002, sequence({ opcode: close, payload: "x" })],
    ["a Close with 1005", 1002, closeFrame(1005)],
    ["a Close whose reason is not UTF-8", 1007, sequence({ opcode: close, payload: Buffer.of(3, 232, 255) })],
    ["a byte more than maxPayload", 1009, sequence({ opcode: text, payload: "x".repeat(11) }), { maxPayload: 10 }],
    [
      "a byte more than maxPayload, in fragments",
      1009,
      sequence({ opcode: text, payload: "123456", fin: false }, { opcode: continuation, payload: "78901", fin: false }),
      { maxPayload: 10 },
    ],
    [
      "a frame more than maxFragments",
      1008,
      sequence({ opcode: text, fin: false }, { opcode: continuation, fin: false }, { opcode: continuation }),
      { maxFragments: 2 },
    ],
  ]
  const complete = offences.map(([name, code, bytes, settings = {}]) => [name, code, bytes, settings] as const)
  test.each(complete)("%s", (_name, code, offence, settings) => {
    const before = sequence({ opcode: text, payload: "before" })
    const behind = sequence({ opcode: text, payload: "behind" }, { opcode: ping }, { opcode: 3, rsv: 7 })
    const stream = Buffer.concat([before, offence, behind])
    const wanted = [
      ["text", "before"],
      ["fault", code],
    ]
    expect(decode(bytewise(stream), settings)).toEqual(wanted)
    for (let cut = 0; cut <= stream.byteLength; cut++) {
      expect(decode([stream.subarray(0, cut), stream.subarray(cut)], settings)).toEqual(wanted)
    }
  })
})

test("nothing is told of what follows a Close", () => {
  const behind = sequence({ opcode: text, payload: "behind" }, { opcode: 3 })
  const stream = Buffer.concat([closeFrame(1000), behind])
  for (let cut = 0; cut <= stream.byteLength; cut++) {
    expect(decode([stream.subarray(0, cut), stream.subarray(cut)])).toEqual([["close", 1000, ""]])
  }
})

test("RFC6455 5.2 only a message of a single frame is said to lie behind its head, however it was cut", () => {
  const bytes = sequence(
    { opcode: binary, payload: "x".repeat(200) },
    { opcode: text, payload: "par", fin: false },
    { opcode: continuation, payload: "ts" },
    { opcode: text, payload: "Hello" },
  )
  for (const pieces of [[bytes], bytewise(bytes)]) {
    // Before a whole one stands the key of its mask, of which the frames of this test have but one.
    const before: unknown[] = []
    const receivedMessage: FrameSink["receivedMessage"] = ({ buffer, byteOffset }, _isText, isWhole) =>
      void before.push(isWhole ? Buffer.from(buffer, byteOffset - 4, 4).toString("hex") : "anything")
    const decoder = new FrameDecoder({ ...noting().sink, receivedMessage }, usual)
    for (const piece of pieces) decoder.read(Uint8Array.from(piece))
    const key = bytes.subarray(4, 8).toString("hex")
    expect(before).toEqual([key, "anything", key])
  }
})

test("nothing is told once it was stopped, be it from within a message", () => {
  const { seen, sink } = noting()
  const decoder = new FrameDecoder(
    {
      ...sink,
      receivedMessage(data, isText, isWhole) {
        sink.receivedMessage(data, isText, isWhole)
        decoder.stop()
      },
    },
    usual,
  )
  decoder.read(sequence({ opcode: text, payload: "one" }, { opcode: text, payload: "two" }, { opcode: 3 }))
  decoder.read(sequence({ opcode: text, payload: "three" }))
  expect(seen).toEqual([["text", "one"]])
})

test("exactly maxPayload and exactly maxFragments are taken, message after message", () => {
  const message = sequence(
    { opcode: text, payload: "12345", fin: false },
    { opcode: ping, payload: "not counted" },
    { opcode: continuation, payload: "67890" },
  )
  const seen = decode([message, message, message], { maxPayload: 10, maxFragments: 2 })
  expect(seen.filter((each) => (each as unknown[])[0] === "text")).toEqual(Array(3).fill(["text", "1234567890"]))
})

test("control frames are not measured by maxPayload", () => {
  expect(decode([sequence({ opcode: ping, payload: "longer" })], { maxPayload: 1 })).toEqual([["ping", "longer"]])
})

test("half a code in a Close is told by its head", () => {
  expect(decode([clientFrame({ opcode: close, payload: "x" }).subarray(0, 2)])).toEqual([["fault", 1002]])
})

test.each([11n, 125n, 126n, 65_535n, 65_536n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n])(
  "a length of %s bytes over a limit of 10 is judged by the last byte of it, before the mask has come",
  (announced) => {
    const head = clientFrame({ opcode: binary, announced }).subarray(
      0,
      announced < 126n ? 2 : announced < 65_536n ? 4 : 10,
    )
    expect(decode(bytewise(head.subarray(0, -1)), { maxPayload: 10 })).toEqual([])
    expect(decode(bytewise(head), { maxPayload: 10 })).toEqual([["fault", 1009]])
  },
)

/** Bytes of array buffers that are alive more after than before. */
function keptBy(build: () => unknown): number {
  const before = process.memoryUsage().arrayBuffers
  const kept = build()
  const after = process.memoryUsage().arrayBuffers
  return kept === undefined ? 0 : after - before
}

test.each([2n ** 20n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n])(
  "for an announced length of %s bytes, of which some come, no more is set aside than twice that",
  (announced) => {
    const start = Buffer.concat([clientFrame({ opcode: binary, announced }), Buffer.alloc(50)])
    const kept = keptBy(() =>
      Array.from({ length: 1_000 }, () => {
        const decoder = new FrameDecoder(noting().sink, { ...usual, maxPayload: Infinity })
        decoder.read(start)
        return decoder
      }),
    )
    expect(kept).toBeLessThan(1_000 * 2 * (start.byteLength + 64))
  },
)

test("a message in a million empty frames takes the memory of one, and of one that is cut off, twice what came", () => {
  const { seen, sink } = noting()
  const decoder = new FrameDecoder(sink, { ...usual, maxFragments: Infinity })
  decoder.read(sequence({ opcode: text, fin: false }))
  const empty = sequence(...Array<FrameFields>(10_000).fill({ opcode: continuation, fin: false }))
  const kept = keptBy(() => {
    for (let round = 0; round < 100; round++) decoder.read(empty)
    return decoder
  })
  decoder.read(sequence({ opcode: continuation, payload: "end" }))
  expect(seen).toEqual([["text", "end"]])
  expect(kept).toBeLessThan(10_000)
})

/** How often bytes are copied is what makes time grow faster than input; it is counted, because clocks are noisy. */
function copiedBytes(act: () => void): number {
  const { set } = Uint8Array.prototype
  let copied = 0
  Uint8Array.prototype.set = function (source: ArrayLike<number>, offset?: number) {
    copied += source.length
    set.call(this, source, offset)
  }
  try {
    act()
  } finally {
    Uint8Array.prototype.set = set
  }
  return copied
}

/** Enough to put bytes together, and there and back to be unmasked by SIMD, as a long frame is. */
const [together, unmasked] = [4, 2]

test.each<readonly [string, readonly Uint8Array[], number]>([
  ["fragments", Array(60_000).fill(sequence({ opcode: continuation, payload: "x", fin: false })), together],
  ["pieces", bytewise(clientFrame({ opcode: binary, payload: "x".repeat(60_000) })), together + unmasked],
])("%s of one byte are copied a constant number of times on average", (_name, pieces, times) => {
  const { sink } = noting()
  const decoder = new FrameDecoder(sink, { ...usual, maxFragments: Infinity })
  if (pieces[0]!.byteLength > 1) decoder.read(sequence({ opcode: binary, fin: false }))
  const own = pieces.map((piece) => Uint8Array.from(piece))
  const copied = copiedBytes(() => own.forEach((piece) => decoder.read(piece)))
  expect(copied).toBeLessThan(times * 60_000)
})

test("a payload is a view into what was read when all of it was there, and it is never written to again", () => {
  const kept: Uint8Array[] = []
  const decoder = new FrameDecoder({ ...noting().sink, receivedMessage: (data) => void kept.push(data) }, usual)
  const piece = Uint8Array.from(sequence({ opcode: text, payload: "one" }, { opcode: text, payload: "two" }))
  decoder.read(piece)
  for (const byte of bytewise(sequence({ opcode: text, payload: "three" }))) decoder.read(byte)
  decoder.read(Uint8Array.from(sequence({ opcode: text, payload: "fo", fin: false })))
  decoder.read(Uint8Array.from(sequence({ opcode: continuation, payload: "ur" })))
  for (let round = 0; round < 3; round++) decoder.read(Uint8Array.from(sequence({ opcode: text, payload: "later" })))
  expect(kept.slice(0, 4).map((data) => Buffer.from(data).toString())).toEqual(["one", "two", "three", "four"])
  expect(kept.slice(0, 2).every((data) => data.buffer === piece.buffer)).toBe(true)
})

/** As a socket does whose buffer is used again: what is not taken out of it is copied, and then it is overwritten. */
function decodeBorrowed(stream: Uint8Array, size: number): readonly unknown[] {
  const { seen, sink } = noting()
  const decoder = new FrameDecoder(sink, usual)
  const buffer = new Uint8Array(size)
  for (let offset = 0; offset < stream.length; offset += size) {
    const piece = buffer.subarray(0, Math.min(size, stream.length - offset))
    piece.set(stream.subarray(offset, offset + piece.length))
    decoder.read(Uint8Array.from(piece.subarray(decoder.readBorrowed(piece))))
    buffer.fill(0xaa)
  }
  return seen
}

test("of a long frame that comes in pieces nothing is left to be copied: it is put together from where it was read", () => {
  const { seen, sink } = noting()
  const decoder = new FrameDecoder(sink, usual)
  const frame = clientFrame({ opcode: binary, payload: new Uint8Array(200_000) })
  for (let offset = 0; offset < frame.length; offset += 65_536) {
    const piece = Uint8Array.from(frame.subarray(offset, offset + 65_536))
    expect(decoder.readBorrowed(piece)).toBe(piece.length)
  }
  expect(seen).toHaveLength(1)
})

test("from a buffer that is used again the same comes, however long the frames, wherever they are cut", () => {
  const lengths = [0, 1, 125, 126, 5_000, 20_000, 65_535, 65_536, 200_000]
  const frames = lengths.map((length, index) =>
    clientFrame({
      opcode: index % 2 === 0 ? text : binary,
      payload: Buffer.alloc(length, length % 2 === 0 ? "é" : "a"),
      mask: [1, 2, 3, index],
    }),
  )
  const stream = Buffer.concat([...frames.map((frame) => Buffer.from(frame)), everything])
  const whole = decode([stream])
  expect(whole).toHaveLength(lengths.length + everythingSeen.length)
  for (const size of [1, 3, 4_095, 4_096, 8_000, 65_536, 65_537, 1_000_000]) {
    expect(decodeBorrowed(stream, size)).toEqual(whole)
  }
})

test("what is wrong with a frame is told once, and nothing of what follows is taken", () => {
  const bad = Buffer.concat([clientFrame({ opcode: 3, payload: "x".repeat(60_000) }), everything])
  for (const size of [1, 8_000, 65_536]) expect(decodeBorrowed(bad, size)).toEqual([["fault", 1002]])
})

test("text that is cut is proven UTF-8 as a whole", () => {
  const bad = sequence({ opcode: text, payload: Buffer.concat([Buffer.alloc(70_000, "a"), Buffer.of(0xff)]) })
  for (const size of [8_000, 65_536]) expect(decodeBorrowed(bad, size)).toEqual([["fault", 1007]])
})

test("a frame that comes in pieces gets memory that was not cleared, and all of it is written", () => {
  const made: number[] = []
  const allocate = (length: number): Uint8Array => {
    made.push(length)
    return new Uint8Array(length).fill(0xaa)
  }
  const kept: Uint8Array[] = []
  const sink: FrameSink = { ...noting().sink, receivedMessage: (data) => void kept.push(data) }
  const decoder = new FrameDecoder(sink, { ...usual, allocate })
  for (const byte of bytewise(sequence({ opcode: binary, payload: new Uint8Array(3_000) }))) decoder.read(byte)
  expect(made.length).toBeGreaterThan(1)
  expect(kept[0]).toHaveLength(3_000)
  expect(new Uint8Array((kept[0] as Uint8Array).buffer).includes(0xaa)).toBe(false)
})
