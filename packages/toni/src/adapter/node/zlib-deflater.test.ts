import { deflateRawSync } from "node:zlib"
import { expect, test } from "vitest"
import { zlibDeflater } from "./zlib-deflater.ts"

const { inflate } = zlibDeflater
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex")
const textOf = (inflated: Uint8Array | string): string =>
  typeof inflated === "string" ? inflated : Buffer.from(inflated).toString()

test.each([
  ["in one block", "f2 48 cd c9 c9 07 00", "Hello"],
  ["in two blocks", "f2 48 05 00 00 00 ff ff ca c9 c9 07 00", "Hello"],
  ["in a stored block", "00 05 00 fa ff 48 65 6c 6c 6f 00", "Hello"],
  ["in a final block", "f3 48 cd c9 c9 07 00 00", "Hello"],
  ["in a final block and another one behind it", "f3 48 cd c9 c9 07 00 f2 48 cd c9 c9 07 00", "HelloHello"],
])("RFC 7692 section 7.2.3: a message %s is inflated whole", (_, bytes, text) => {
  expect(textOf(inflate(hex(bytes), 100))).toBe(text)
})

test("G20a maxPayload counts all streams of a message together", () => {
  const final = deflateRawSync(Buffer.from("Hello"))
  const twice = Buffer.concat([final, final])
  expect(textOf(inflate(twice, 10))).toBe("HelloHello")
  expect(inflate(twice, 9)).toBe("too-long")
})

test("a message that begins anew again and again is corrupt: each beginning has its price", () => {
  const final = deflateRawSync(Buffer.from("a"))
  expect(textOf(inflate(Buffer.concat(Array<Buffer>(15).fill(final)), 100))).toBe("a".repeat(15))
  expect(inflate(Buffer.concat(Array<Buffer>(16).fill(final)), 100)).toBe("corrupt")
})

test("G20a where nothing may come out, an empty message does, and nothing else", () => {
  expect(textOf(inflate(hex("00"), 0))).toBe("")
  expect(inflate(zlibDeflater.deflate(Buffer.from("a"), 15), 0)).toBe("too-long")
})
