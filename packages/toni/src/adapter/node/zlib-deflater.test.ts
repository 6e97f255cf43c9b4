import { isUtf8 } from "node:buffer"
import { constants, deflateRawSync } from "node:zlib"
import { expect, test } from "vitest"
import { clientFrame, opcode } from "../../conformance/frame.ts"
import { FrameDecoder, type FrameSink } from "../../protocol/frame-decoder.ts"
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

test("G20a a bomb, whole or in fragments, is told from its first megabyte, and costs no more memory or time than that", () => {
  const limit = 1_048_576
  const oneOfMany = deflateRawSync(Buffer.alloc(limit), { finishFlush: constants.Z_SYNC_FLUSH })
  // 512 MiB once it is inflated.
  const bomb = Buffer.concat(Array<Buffer>(512).fill(oneOfMany))
  const whole = clientFrame({ opcode: opcode.binary, payload: bomb, rsv: 4 })
  const inFragments = Buffer.concat(
    Array.from({ length: 10 }, (_, index) => {
      const payload = bomb.subarray((index * bomb.byteLength) / 10, ((index + 1) * bomb.byteLength) / 10)
      const kind = index === 0 ? opcode.binary : opcode.continuation
      return clientFrame({ opcode: kind, payload, fin: index === 9, rsv: index === 0 ? 4 : 0 })
    }),
  )
  const settings = { maxPayload: limit, maxFragments: 10, isUtf8, deflater: zlibDeflater }
  const faults: number[] = []
  const nothing = (): void => undefined
  const sink: FrameSink = {
    receivedMessage: nothing,
    receivedPing: nothing,
    receivedPong: nothing,
    receivedClose: nothing,
    receivedFault: ({ code }) => void faults.push(code),
  }
  const [memory, { user }] = [process.resourceUsage().maxRSS, process.cpuUsage()]
  for (const stream of [whole, inFragments]) new FrameDecoder(sink, settings).read(stream)
  const kilobytes = process.resourceUsage().maxRSS - memory
  expect(faults).toEqual([1009, 1009])
  expect(kilobytes).toBeLessThan(32 * 1_024)
  expect(process.cpuUsage().user - user).toBeLessThan(1_000_000)
})
