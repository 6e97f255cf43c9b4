import {
  aCase,
  binaries,
  binary,
  continuation,
  hex,
  none,
  ping,
  pong,
  pongs,
  repeat,
  text,
  texts,
  utf8,
  type Case,
  type CaseFrame,
  type Script,
} from "./case.ts"

const lengths = [0, 125, 126, 127, 128, 65_535, 65_536] as const
const hello = utf8("Hello, world!")
const noise = hex("00fffefdfcfb00ff")
const parts = [utf8("fragment1"), utf8("fragment2")] as const
const joined = utf8("fragment1fragment2")
const ways = { "in one piece": "whole", "frame by frame": "frames", "byte by byte": 1 } as const
type Way = keyof typeof ways

/** 1: data frames of every way to spell a length. */
const echoes: readonly Case[] = [
  ...lengths.map((length, index) =>
    aCase(`1.1.${index + 1}`, `a text of ${length} bytes comes back`, () => ({
      frames: [text(repeat(length, 0x2a))],
      answers: texts(repeat(length, 0x2a)),
    })),
  ),
  aCase("1.1.8", "a text of 65536 bytes, in pieces of 997 bytes, comes back", () => ({
    frames: [text(repeat(65_536, 0x2a))],
    answers: texts(repeat(65_536, 0x2a)),
    pieces: 997,
  })),
  ...lengths.map((length, index) =>
    aCase(`1.2.${index + 1}`, `a binary of ${length} bytes comes back`, () => ({
      frames: [binary(repeat(length, 0xfe))],
      answers: binaries(repeat(length, 0xfe)),
    })),
  ),
  aCase("1.2.8", "a binary of 65536 bytes, in pieces of 997 bytes, comes back", () => ({
    frames: [binary(repeat(65_536, 0xfe))],
    answers: binaries(repeat(65_536, 0xfe)),
    pieces: 997,
  })),
]

const tenPings = Array.from({ length: 10 }, (_, index) => utf8(`payload-${index}`))

/** 2: pings and pongs. */
const pings: readonly Case[] = [
  aCase("2.1", "a ping without payload gets a pong without", () => ({ frames: [ping(none)], answers: pongs(none) })),
  aCase("2.2", "a ping with a text gets a pong with it", () => ({ frames: [ping(hello)], answers: pongs(hello) })),
  aCase("2.3", "a ping with bytes gets a pong with them", () => ({ frames: [ping(noise)], answers: pongs(noise) })),
  aCase("2.4", "a ping of 125 bytes gets a pong with them", () => ({
    frames: [ping(repeat(125, 0xfe))],
    answers: pongs(repeat(125, 0xfe)),
  })),
  aCase("2.5", "a ping of 126 bytes is 1002", () => ({ frames: [ping(repeat(126, 0xfe))], answers: [], closes: 1002 })),
  aCase("2.6", "a ping of 125 bytes, byte by byte, gets a pong", () => ({
    frames: [ping(repeat(125, 0xfe))],
    answers: pongs(repeat(125, 0xfe)),
    pieces: 1,
  })),
  aCase("2.7", "a pong that nobody asked for gets nothing", () => ({ frames: [pong(none)], answers: [] })),
  aCase("2.8", "a pong with payload that nobody asked for gets nothing", () => ({
    frames: [pong(hello)],
    answers: [],
  })),
  aCase("2.9", "a pong that nobody asked for does not disturb the ping behind it", () => ({
    frames: [pong(utf8("unsolicited")), ping(utf8("ping"))],
    answers: pongs(utf8("ping")),
  })),
  aCase("2.10", "ten pings get ten pongs, in order", () => ({
    frames: tenPings.map((payload) => ping(payload)),
    answers: pongs(...tenPings),
  })),
  aCase("2.11", "ten pings, byte by byte, get ten pongs, in order", () => ({
    frames: tenPings.map((payload) => ping(payload)),
    answers: pongs(...tenPings),
    pieces: 1,
  })),
]

/** A frame that breaks a rule behind a good one; the ping behind both is not answered. */
const behindText =
  (frame: CaseFrame, pieces: Script["pieces"] = "whole") =>
  (): Script => ({
    frames: [text(hello), frame, ping(none)],
    answers: texts(hello),
    closes: 1002,
    pieces,
  })
const alone = (frame: CaseFrame) => (): Script => ({ frames: [frame], answers: [], closes: 1002 })

/** 3: reserved bits. */
const reservedBits: readonly Case[] = [
  aCase("3.1", "a text with RSV 1 is 1002", alone({ opcode: 1, payload: hello, rsv: 1 })),
  aCase("3.2", "a text with RSV 2 behind a good one is 1002", behindText({ opcode: 1, payload: hello, rsv: 2 })),
  aCase(
    "3.3",
    "a text with RSV 3 behind a good one, frame by frame, is 1002",
    behindText({ opcode: 1, payload: hello, rsv: 3 }, "frames"),
  ),
  aCase(
    "3.4",
    "a text with RSV 4 behind a good one, byte by byte, is 1002",
    behindText({ opcode: 1, payload: hello, rsv: 4 }, 1),
  ),
  aCase("3.5", "a binary with RSV 5 is 1002", alone({ opcode: 2, payload: noise, rsv: 5 })),
  aCase("3.6", "a ping with RSV 6 is 1002", alone({ opcode: 9, payload: hello, rsv: 6 })),
  aCase("3.7", "a Close with RSV 7 is 1002", alone({ opcode: 8, payload: none, rsv: 7 })),
]

/** 4: reserved opcodes, those of data frames (4.1) and of control frames (4.2). */
const reservedOpcodes: readonly Case[] = ([3, 11] as const).flatMap((first, kind) => {
  const id = `4.${kind + 1}`
  const [one, two, three, four, five] = [first, first + 1, first + 2, first + 3, first + 4] as const
  return [
    aCase(`${id}.1`, `opcode ${one} is 1002`, alone({ opcode: one, payload: none })),
    aCase(`${id}.2`, `opcode ${two} with a payload is 1002`, alone({ opcode: two, payload: hello })),
    aCase(`${id}.3`, `opcode ${three} behind a text is 1002`, behindText({ opcode: three, payload: none })),
    aCase(
      `${id}.4`,
      `opcode ${four} with a payload behind a text is 1002`,
      behindText({ opcode: four, payload: hello }),
    ),
    aCase(
      `${id}.5`,
      `opcode ${five} with a payload behind a text, byte by byte, is 1002`,
      behindText({ opcode: five, payload: hello }, 1),
    ),
  ]
})

/** Three cases that differ in how the bytes travel. */
const inEachWay = (first: number, title: string, script: Script): readonly Case[] =>
  (Object.keys(ways) as Way[]).map((way, index) =>
    aCase(`5.${first + index}`, title.replace("$", way), () => ({ ...script, pieces: ways[way] })),
  )

/** 5: fragments. */
const fragmentation: readonly Case[] = [
  aCase("5.1", "a ping in two fragments is 1002", () => ({
    frames: [ping(parts[0], false), continuation(parts[1])],
    answers: [],
    closes: 1002,
  })),
  aCase("5.2", "a pong in two fragments is 1002", () => ({
    frames: [pong(parts[0], false), continuation(parts[1])],
    answers: [],
    closes: 1002,
  })),
  ...inEachWay(3, "a text in two fragments, $, comes back", {
    frames: [text(parts[0], false), continuation(parts[1])],
    answers: texts(joined),
  }),
  ...inEachWay(6, "a ping between two fragments, $, gets its pong before the text comes back", {
    frames: [text(parts[0], false), ping(utf8("pong me")), continuation(parts[1])],
    answers: [...pongs(utf8("pong me")), ...texts(joined)],
  }),
  ...inEachWay(9, "a final continuation of nothing before a text, $, is 1002", {
    frames: [continuation(utf8("non-continuation payload")), text(hello)],
    answers: [],
    closes: 1002,
  }),
  ...inEachWay(12, "a continuation of nothing that goes on, before a text, $, is 1002", {
    frames: [continuation(utf8("non-continuation payload"), false), text(hello)],
    answers: [],
    closes: 1002,
  }),
  aCase("5.15", "a continuation of nothing behind a text in fragments is 1002, and the text comes back", () => ({
    frames: [text(parts[0], false), continuation(parts[1]), continuation(hello, false), text(hello)],
    answers: texts(joined),
    closes: 1002,
  })),
  ...([false, true] as const).map((fin, index) =>
    aCase(
      `5.${16 + index}`,
      `a continuation of nothing (FIN ${fin ? 1 : 0}) before a text in fragments, twice, is 1002`,
      () => ({
        frames: [1, 2].flatMap(() => [continuation(parts[0], fin), text(parts[0], false), continuation(parts[1])]),
        answers: [],
        closes: 1002,
      }),
    ),
  ),
  aCase("5.18", "a text whose second fragment says text again is 1002", () => ({
    frames: [text(parts[0], false), text(parts[1])],
    answers: [],
    closes: 1002,
  })),
  ...(["frames", 1] as const).map((pieces, index) =>
    aCase(
      `5.${19 + index}`,
      `two pings within a text in five fragments, ${index === 0 ? "frame by frame" : "byte by byte"}, are answered when they come`,
      () => {
        const [one, two, three, four, five] = ["1", "2", "3", "4", "5"].map((each) => utf8(`fragment${each}`)) as [
          Uint8Array,
          Uint8Array,
          Uint8Array,
          Uint8Array,
          Uint8Array,
        ]
        return {
          frames: [
            text(one, false),
            continuation(two, false),
            ping(utf8("pong me 1!")),
            continuation(three, false),
            continuation(four, false),
            ping(utf8("pong me 2!")),
            continuation(five),
          ],
          answers: [
            ...pongs(utf8("pong me 1!"), utf8("pong me 2!")),
            ...texts(utf8("fragment1fragment2fragment3fragment4fragment5")),
          ],
          pause: { after: 2, answers: 1 },
          pieces,
        }
      },
    ),
  ),
]

/** Sections 1 to 5: framing, pings and pongs, reserved bits, opcodes, fragmentation. */
export const framing: readonly Case[] = [...echoes, ...pings, ...reservedBits, ...reservedOpcodes, ...fragmentation]
