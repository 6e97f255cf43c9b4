import { expect, test } from "vitest"
import { headLength, writeHead } from "./frame-encoder.ts"
import { Opcode } from "./opcode.ts"

/** The head, and the bytes behind it that must not be touched. */
function head(opcode: number, payloadLength: number, rsv1?: boolean): string {
  const target = new Uint8Array(14).fill(0xaa)
  const length = writeHead(target, 0, opcode, payloadLength, rsv1)
  expect(length).toBe(headLength(payloadLength))
  expect([...target.subarray(length)]).toEqual(Array(14 - length).fill(0xaa))
  return Buffer.from(target.subarray(0, length)).toString("hex")
}

test.each([
  [0, "8200"],
  [1, "8201"],
  [125, "827d"],
  [126, "827e007e"],
  [127, "827e007f"],
  [255, "827e00ff"],
  [256, "827e0100"],
  [65_535, "827effff"],
  [65_536, "827f0000000000010000"],
  [65_537, "827f0000000000010001"],
  [2 ** 31 - 1, "827f000000007fffffff"],
  [2 ** 31, "827f0000000080000000"],
  [2 ** 32 - 1, "827f00000000ffffffff"],
  [2 ** 32, "827f0000000100000000"],
  [2 ** 32 + 1, "827f0000000100000001"],
  [2 ** 40 + 0x01_02_03, "827f0000010000010203"],
  [Number.MAX_SAFE_INTEGER, "827f001fffffffffffff"],
])("a length of %i is spelled in as few bytes as it takes, and nothing is written behind", (length, wanted) => {
  expect(head(Opcode.binary, length)).toBe(wanted)
})

test("every opcode is final, unmasked, and marked as compressed only when it is", () => {
  expect(Object.values(Opcode).map((opcode) => head(opcode, 5))).toEqual([
    "8005",
    "8105",
    "8205",
    "8805",
    "8905",
    "8a05",
  ])
  expect(head(Opcode.text, 5, true)).toBe("c105")
  expect(head(Opcode.text, 65_536, true)).toBe("c17f0000000000010000")
})
