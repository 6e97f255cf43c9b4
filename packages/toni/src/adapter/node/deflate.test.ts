import { expect, test } from "vitest"
import { WsMessage } from "../../message/ws-message.ts"
import { Deflate } from "./deflate.ts"
import { zlibDeflater } from "./zlib-deflater.ts"

const deflate = new Deflate(zlibDeflater, { answer: "", windowBits: 9 }, 10)

test.each<[string, WsMessage, boolean]>([
  ["a text of the threshold", WsMessage.text("x".repeat(10)), true],
  ["bytes of the threshold", WsMessage.binary(new Uint8Array(10)), true],
  ["a text below it", WsMessage.text("x".repeat(9)), false],
  ["a ping", WsMessage.ping(new Uint8Array(10)), false],
  ["a pong", WsMessage.pong(new Uint8Array(10)), false],
])("RFC7692 5.1 whether it is worth compressing: %s", (_, message, isWorthIt) => {
  expect(deflate.suits(message)).toBe(isWorthIt)
})
