import { expect, test } from "vitest"
import type { AdapterSocket } from "../adapter/websocket-adapter.ts"
import { WsMessage } from "../message/ws-message.ts"
import { hasRoom, isVolatileIn, judge } from "./outbox.ts"

const limit = 1_000
const hundred = WsMessage.binary(new Uint8Array(100))

/** A socket with so much pending; a flush leaves what `afterFlush` says. */
function socket(pendingBytes: number, afterFlush = pendingBytes): AdapterSocket & { readonly flushes: number } {
  const state = { pendingBytes, flushes: 0, flush }
  function flush(): void {
    state.flushes++
    state.pendingBytes = afterFlush
  }
  return state as unknown as AdapterSocket & { readonly flushes: number }
}

test.each([
  [250, true],
  [251, false],
  [400, false],
])("G15b with %i bytes of 1,000 pending there is room: %s", (pending, room) => {
  expect(hasRoom(socket(pending), limit)).toBe(room)
})

test("G15c a message of any size is taken when nothing is pending, without a flush, and not behind a single byte", () => {
  const [empty, busy] = [socket(0), socket(1)]
  expect(judge(empty, limit, WsMessage.binary(new Uint8Array(5_000)), false)).toBe("taken")
  expect(empty.flushes).toBe(0)
  expect(judge(busy, limit, WsMessage.binary(new Uint8Array(5_000)), false)).toBe("over-limit")
  expect(judge(socket(0), limit, WsMessage.text("x".repeat(5_000)), true)).toBe("taken")
})

test("G15c up to the limit, the limit itself included, a message is taken without a flush", () => {
  const full = socket(900)
  expect(judge(full, limit, hundred, false)).toBe("taken")
  expect(full.flushes).toBe(0)
})

test("G15c over it, what is pending after a flush decides, the limit itself included", () => {
  expect(judge(socket(901, 900), limit, hundred, false)).toBe("taken")
  expect(judge(socket(950, 901), limit, hundred, false)).toBe("over-limit")
  expect(judge(socket(950, 0), limit, WsMessage.binary(new Uint8Array(5_000)), false)).toBe("taken")
})

test("G15c a volatile message is taken while there is room, a quarter of the limit included, else discarded", () => {
  expect(judge(socket(250), limit, hundred, true)).toBe("taken")
  expect(judge(socket(251), limit, hundred, true)).toBe("discarded")
  expect(judge(socket(250), limit, WsMessage.binary(new Uint8Array(751)), true)).toBe("discarded")
})

test("G15c text counts by its bytes, not by its characters", () => {
  expect(judge(socket(900), limit, WsMessage.text("é".repeat(50)), false)).toBe("taken")
  expect(judge(socket(900), limit, WsMessage.text("é".repeat(51)), false)).toBe("over-limit")
})

test("G15a options of send are { volatile }, or an error at the call", () => {
  expect([isVolatileIn({}), isVolatileIn({ volatile: true }), isVolatileIn({ volatile: undefined })]).toEqual([
    false,
    true,
    false,
  ])
  for (const wrong of [
    null,
    true,
    "volatile",
    { volatile: "yes" },
    { volatile: 1 },
    { volatil: true },
    ["more"],
  ] as object[]) {
    expect(() => isVolatileIn(wrong)).toThrow(expect.objectContaining({ code: "TONI_BAD_ARGUMENT" }))
  }
})
