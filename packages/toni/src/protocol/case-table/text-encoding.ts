import { aCase, continuation, fragments, hex, none, text, texts, utf8, type Case, type Script } from "./case.ts"

/** κόσμε */
const kosme = "cebae1bdb9cf83cebcceb5"
const greeting = utf8("Hello-µ@ßöäüàá-UTF-8!!")
const tooHigh = "f4908080"

/** Bytes that are UTF-8 and come back, or are not and are answered with 1007. */
const judged = (id: string, about: string, isGood: boolean, sequences: readonly string[]): readonly Case[] =>
  sequences.map((digits, index) =>
    aCase(
      `${id}.${index + 1}`,
      `${about}, ${digits.slice(0, 24)}${digits.length > 24 ? "…" : ""}, ${isGood ? "comes back" : "is 1007"}`,
      () => single(hex(digits), isGood),
    ),
  )
const single = (payload: Uint8Array, isGood: boolean): Script =>
  isGood ? { frames: [text(payload)], answers: texts(payload) } : { frames: [text(payload)], answers: [], closes: 1007 }

const bytes = (first: number, last: number, behind = ""): string =>
  Array.from({ length: last - first + 1 }, (_, index) => (first + index).toString(16) + behind).join("")

/** Three parts of which the second cannot be UTF-8, and whether frames or TCP separate them. */
const early = (id: string, cuts: readonly [string, string, string], title: string): Case =>
  aCase(id, title, () => ({
    frames: [text(hex(cuts[0]), false), continuation(hex(cuts[1]), false), continuation(hex(cuts[2]))],
    answers: [],
    closes: 1007,
    pieces: "frames",
    settledBy: 1,
  }))
const late = (id: string, cuts: readonly [string, string, string], title: string): Case =>
  aCase(id, title, () => ({
    frames: [text(hex(cuts.join("")))],
    answers: [],
    closes: 1007,
    // The head has 6 bytes: the first piece ends where the first part does.
    pieces: 6 + cuts[0].length / 2,
  }))
const atOnce = [kosme, tooHigh, "656469746564"] as const
const within = [`${kosme}f4`, "90", "8080656469746564"] as const

const lastOfLeads = (first: number, last: number): string => bytes(first, last, "20")
const cutOff = ["c0", "e080", "f08080", "f8808080", "fc80808080", "df", "efbf", "f7bfbf", "fbbfbfbf", "fdbfbfbfbf"]

/** U+nFFFE and U+nFFFF of every plane: no characters, but UTF-8. */
const nonCharacters = Array.from({ length: 17 }, (_, plane) =>
  [0xfffe, 0xffff].map((unit) =>
    [...utf8(String.fromCodePoint(plane * 0x10000 + unit))].map((byte) => byte.toString(16)).join(""),
  ),
).flat()

/** Section 6: UTF-8 in text messages. */
export const textEncoding: readonly Case[] = [
  aCase("6.1.1", "a text of nothing comes back", () => single(none, true)),
  aCase("6.1.2", "a text of three fragments of nothing comes back", () => ({
    frames: [text(none, false), continuation(none, false), continuation(none)],
    answers: texts(none),
  })),
  aCase("6.1.3", "a text whose first and last fragment are of nothing comes back", () => ({
    frames: [text(none, false), continuation(utf8("middle frame payload"), false), continuation(none)],
    answers: texts(utf8("middle frame payload")),
  })),
  aCase("6.2.1", "a text with characters of two bytes comes back", () => single(greeting, true)),
  aCase("6.2.2", "a text that is cut between two characters comes back", () => ({
    frames: [text(greeting.subarray(0, 14), false), continuation(greeting.subarray(14))],
    answers: texts(greeting),
  })),
  aCase("6.2.3", "a text in fragments of one byte comes back", () => ({
    frames: fragments(1, greeting, 1),
    answers: texts(greeting),
  })),
  aCase("6.2.4", "a text with characters of three bytes, in fragments of one, comes back", () => ({
    frames: fragments(1, hex(kosme), 1),
    answers: texts(hex(kosme)),
  })),
  aCase("6.3.1", "a text with surrogates in it is 1007", () => single(hex(`${kosme}eda080656469746564`), false)),
  aCase("6.3.2", "a text with surrogates in it, in fragments of one byte, is 1007", () => ({
    frames: fragments(1, hex(`${kosme}eda080656469746564`), 1),
    answers: [],
    closes: 1007,
  })),
  early("6.4.1", atOnce, "a fragment that is no UTF-8 is 1007 before the next fragment"),
  early("6.4.2", within, "a fragment that ends what a character cannot go on with is 1007 before the next"),
  late("6.4.3", atOnce, "a frame whose middle is no UTF-8, in pieces, is 1007, at its end at the latest"),
  late("6.4.4", within, "a frame that is cut where a character goes wrong is 1007, at its end at the latest"),
  ...judged("6.5", "a valid text", true, [
    kosme,
    "68656c6c6f24776f726c64",
    "68656c6c6fc2a2776f726c64",
    "68656c6c6fe282ac776f726c64",
    "68656c6c6ff0a4ada2776f726c64",
  ]),
  ...Array.from({ length: 11 }, (_, index) => {
    const isGood = [2, 5, 7, 9, 11].includes(index + 1)
    const title = `the first ${index + 1} bytes of a text of 11 ${isGood ? "come back" : "are 1007"}`
    return aCase(`6.6.${index + 1}`, title, () => single(hex(kosme).subarray(0, index + 1), isGood))
  }),
  ...judged("6.7", "the first sequence of a length", true, ["00", "c280", "e0a080", "f0908080"]),
  ...judged("6.8", "the first sequence of a length that is too long", false, ["f888808080", "fc8480808080"]),
  ...judged("6.9", "the last sequence of a length", true, ["7f", "dfbf", "efbfbf", "f48fbfbf"]),
  ...judged("6.10", "the last sequence of a length that is too long", false, [
    "f7bfbfbf",
    "fbbfbfbfbf",
    "fdbfbfbfbfbf",
  ]),
  ...judged("6.11", "a code point at an edge", true, ["ed9fbf", "ee8080", "efbfbd", "f48fbfbf"]),
  aCase("6.11.5", "the code point behind the last, f4908080, is 1007", () => single(hex(tooHigh), false)),
  ...judged("6.12", "a continuation that continues nothing", false, [
    "80",
    "bf",
    "80bf",
    "80bf80",
    "80bf80bf",
    "80bf80bf80",
    "80bf80bf80bf",
    bytes(0x80, 0xbe),
  ]),
  ...judged("6.13", "beginnings that are followed by spaces", false, [
    lastOfLeads(0xc0, 0xdf),
    lastOfLeads(0xe0, 0xef),
    lastOfLeads(0xf0, 0xf7),
    lastOfLeads(0xf8, 0xfb),
    lastOfLeads(0xfc, 0xfd),
  ]),
  ...judged("6.14", "a sequence without its last byte", false, cutOff),
  ...judged("6.15", "all of those in a row", false, [cutOff.join("")]),
  ...judged("6.16", "impossible bytes", false, ["fe", "ff", "fefeffff"]),
  ...judged("6.17", "an overlong slash", false, ["c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"]),
  ...judged("6.18", "the last overlong sequence of a length", false, [
    "c1bf",
    "e09fbf",
    "f08fbfbf",
    "f887bfbfbf",
    "fc83bfbfbfbf",
  ]),
  ...judged("6.19", "an overlong NUL", false, ["c080", "e08080", "f0808080", "f880808080", "fc8080808080"]),
  ...judged("6.20", "a lone surrogate", false, ["eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf"]),
  ...judged(
    "6.21",
    "a pair of surrogates",
    false,
    ["eda080", "edadbf", "edae80", "edafbf"].flatMap((high) => [`${high}edb080`, `${high}edbfbf`]),
  ),
  ...judged("6.22", "a code point that is no character", true, nonCharacters),
  ...judged(
    "6.23",
    "a special of Unicode",
    true,
    Array.from({ length: 7 }, (_, index) => `efbf${(0xb9 + index).toString(16)}`),
  ),
]
