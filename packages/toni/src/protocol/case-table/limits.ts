import { aCase, binaries, fragments, repeat, texts, type Case, type CaseAnswer, type Script } from "./case.ts"

const KiB = 1024
const MiB = 1024 * KiB

interface Kind {
  readonly name: string
  readonly opcode: 1 | 2
  readonly byte: number
  readonly answer: (...payloads: readonly Uint8Array[]) => readonly CaseAnswer[]
}
const kinds: readonly [Kind, Kind] = [
  { name: "text", opcode: 1, byte: 0x2a, answer: texts },
  { name: "binary", opcode: 2, byte: 0xfe, answer: binaries },
]

/** A case for text, and one for binary under the next number. */
const both = (
  section: number,
  sizes: readonly number[],
  title: (size: number, name: string) => string,
  script: (size: number, kind: Kind) => Script,
): readonly Case[] =>
  kinds.flatMap((kind, offset) =>
    sizes.map((size, index) =>
      aCase(`9.${section + offset}.${index + 1}`, title(size, kind.name), () => script(size, kind)),
    ),
  )

function echo({ opcode, byte, answer }: Kind, length: number, frameSize: number, pieces: Script["pieces"]): Script {
  const payload = repeat(length, byte)
  return { frames: fragments(opcode, payload, frameSize), answers: answer(payload), pieces: pieces ?? "whole" }
}

/** Section 9, large messages and many of them, and section 10.1, a message in fragments of an odd size. */
export const limits: readonly Case[] = [
  ...both(
    1,
    [64 * KiB, 256 * KiB, MiB, 4 * MiB, 8 * MiB, 16 * MiB],
    (size, name) => `a ${name} of ${size / KiB} KiB comes back`,
    (size, kind) => echo(kind, size, size, "whole"),
  ),
  ...both(
    3,
    [64, 256, KiB, 4 * KiB, 16 * KiB, 64 * KiB, 256 * KiB, MiB, 4 * MiB],
    (size, name) => `a ${name} of 4 MiB in fragments of ${size} bytes comes back`,
    (size, kind) => echo(kind, 4 * MiB, size, "whole"),
  ),
  ...both(
    5,
    [64, 128, 256, 512, 1024, 2048],
    (size, name) => `a ${name} of 1 MiB in pieces of ${size} bytes comes back`,
    (size, kind) => echo(kind, MiB, MiB, size),
  ),
  ...both(
    7,
    [0, 16, 64, 256, KiB, 4 * KiB],
    (size, name) => `1,000 times a ${name} of ${size} bytes comes back`,
    (size, { opcode, byte, answer }) => ({
      frames: Array.from({ length: 1_000 }, () => ({ opcode, payload: repeat(size, byte) })),
      answers: answer(...Array<Uint8Array>(1_000).fill(repeat(size, byte))),
    }),
  ),
  aCase("10.1.1", "a text of 64 KiB in fragments of 1,300 bytes comes back", () =>
    echo(kinds[0], 64 * KiB, 1_300, "whole"),
  ),
]
