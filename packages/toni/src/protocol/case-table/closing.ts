import { aCase, close, continuation, hex, none, ping, repeat, text, texts, utf8, type Case } from "./case.ts"

const hello = utf8("Hello World!")

/** 7.1: what is sent around a Close. */
const order: readonly Case[] = [
  aCase("7.1.1", "a text before the Close comes back", () => ({
    frames: [text(hello), close(1000)],
    answers: texts(hello),
  })),
  aCase("7.1.2", "of two Closes the second is ignored", () => ({ frames: [close(1000), close(1000)], answers: [] })),
  aCase("7.1.3", "a ping behind the Close gets no pong", () => ({ frames: [close(1000), ping(none)], answers: [] })),
  aCase("7.1.4", "a text behind the Close does not come back", () => ({
    frames: [close(1000), text(hello)],
    answers: [],
  })),
  aCase("7.1.5", "a text whose last fragment is behind the Close does not come back", () => ({
    frames: [text(utf8("fragment1"), false), close(1000), continuation(utf8("fragment2"))],
    answers: [],
  })),
  aCase("7.1.6", "a text of 256 KiB before the Close comes back; the ping behind gets no pong", () => ({
    frames: [text(repeat(262_144, 0x42)), text(hello), close(1000), ping(none)],
    answers: texts(repeat(262_144, 0x42), hello),
  })),
]

/** 7.3: payloads of a Close. */
const payloads: readonly Case[] = [
  aCase("7.3.1", "a Close without payload is answered with one without", () => ({
    frames: [close()],
    answers: [],
    closes: 1005,
  })),
  aCase("7.3.2", "a Close of one byte is 1002", () => ({
    frames: [{ opcode: 8, payload: utf8("a") }],
    answers: [],
    closes: 1002,
  })),
  aCase("7.3.3", "a Close with a code is answered with it", () => ({ frames: [close(1000)], answers: [] })),
  aCase("7.3.4", "a Close with code and reason is answered with the code", () => ({
    frames: [close(1000, hello)],
    answers: [],
  })),
  aCase("7.3.5", "a Close with a reason of 123 bytes is answered with its code", () => ({
    frames: [close(1000, repeat(123, 0x2a))],
    answers: [],
  })),
  aCase("7.3.6", "a Close with a reason of 124 bytes is 1002", () => ({
    frames: [close(1000, repeat(124, 0x2a))],
    answers: [],
    closes: 1002,
  })),
  aCase("7.5.1", "a Close whose reason is not UTF-8 is 1007", () => ({
    frames: [close(1000, hex("cebae1bdb9cf83cebcceb5eda080656469746564"))],
    answers: [],
    closes: 1007,
  })),
]

const withCodes = (id: string, codes: readonly number[], isGood: boolean): readonly Case[] =>
  codes.map((code, index) =>
    aCase(`${id}.${index + 1}`, `a Close with ${code} is ${isGood ? "answered with it" : "1002"}`, () => ({
      frames: [close(code)],
      answers: [],
      closes: isGood ? code : 1002,
    })),
  )

/** Section 7: closing. */
export const closing: readonly Case[] = [
  ...order,
  ...payloads,
  ...withCodes("7.7", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999], true),
  ...withCodes("7.9", [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999], false),
  ...withCodes("7.13", [5000, 65_535], false),
]
