import type { SocketEvents } from "../../adapter/websocket-adapter.ts"
import { WsMessage } from "../../message/ws-message.ts"
import type { Fault } from "../broken-adapter.ts"
import { misaccepts } from "./mistakes.ts"

/** Hands over other bytes than those that came. */
function garbles(title: string, change: (data: Uint8Array, text: boolean) => Uint8Array): Fault {
  return {
    title,
    events: (events) => ({ message: (data, text) => events.message(change(data as Uint8Array, text), text) }),
  }
}

/** Hands over every message but those that `isLost` picks, by their number and their length. */
function drops(title: string, isLost: (count: number, length: number) => boolean): Fault {
  return {
    title,
    events(events) {
      let count = 0
      return {
        message(data, text) {
          // What takes its place keeps the scenario from waiting for ever.
          const isKept = !isLost(++count, data.length)
          events.message(isKept ? data : new TextEncoder().encode("lost"), text)
        },
      }
    },
  }
}

const inLowerFrames = (length: number): boolean => length < 65_536

/** For each scenario, by title, a mistake that it must notice. */
export const frames: Readonly<Record<string, Fault>> = {
  "RFC6455-4.2.2: the 101 proves that the key was read, and promises nothing that was not asked for": misaccepts(
    "promises an extension that it does not speak",
    ({ headers }) => ({ headers: [...headers, ["Sec-WebSocket-Extensions", "permessage-deflate"]] }),
  ),
  "RFC6455-5.2: text of any length goes in and out as it is": garbles("cuts long messages at 65,535 bytes", (data) =>
    inLowerFrames(data.byteLength) ? data : data.subarray(0, 65_535),
  ),
  "RFC6455-5.2: binary of any length goes in and out as it is": {
    title: "sends bytes as text",
    socket: (socket) => ({
      send: (message) => socket.send(WsMessage.text(Buffer.from(message.asBinary() ?? []).toString("latin1"))),
    }),
  },
  "RFC6455-5.4: fragments are put together, empty ones too": drops(
    "loses messages without content",
    (_count, length) => length === 0,
  ),
  "RFC6455-8.1: a character may be cut by fragments at any byte": garbles("decodes each fragment by itself", (data) =>
    new TextEncoder().encode(
      new TextDecoder().decode(data.subarray(0, 2)) + new TextDecoder().decode(data.subarray(2)),
    ),
  ),
  "RFC6455-5.2: a frame may be cut by TCP at any byte": drops(
    "loses its place after some messages",
    (count) => count > 12,
  ),
  "RFC6455-5.2: a message may trickle in byte by byte": garbles("keeps what came last", (data) => data.slice(-1)),
  "RFC6455-5.2 G12a: many frames in one segment are as many messages, in order": {
    title: "hands over every second message before the one in front of it",
    events(events) {
      let held: Parameters<SocketEvents["message"]> | undefined
      return {
        message(data, text) {
          if (held === undefined) {
            held = [data, text]
            return
          }
          events.message(data, text)
          events.message(...held)
          held = undefined
        },
      }
    },
  },
  "RFC6455-5.3: every mask is undone, wherever the payload begins": garbles(
    "undoes masks four bytes at a time, and forgets the rest",
    (data) => data.map((byte, index) => (index < (data.byteLength & ~3) ? byte : byte ^ 0x20)),
  ),
  "G20a: exactly maxPayload is taken, whole or in fragments": misaccepts("takes less than the limit", ({ limits }) => ({
    limits: { ...limits, maxPayload: limits.maxPayload - 1 },
  })),
  "G20a: a maxPayload beyond 32 bits is no small one": misaccepts("keeps its numbers in 32 bits", ({ limits }) => ({
    limits: { ...limits, maxPayload: limits.maxPayload | 0 },
  })),
  "G20a: exactly maxFragments is taken, time and again, whatever comes between": misaccepts(
    "counts fragments from one",
    ({ limits }) => ({ limits: { ...limits, maxFragments: limits.maxFragments - 1 } }),
  ),
  "RFC6455-5.2: one client's payload never shows up in another's": reusesBuffer(),
}

/** Hands over views on one buffer that all sockets share. */
function reusesBuffer(): Fault {
  const shared = new Uint8Array(2_000)
  return garbles("hands over a buffer that it uses again", (data) => {
    shared.set(data)
    return shared.subarray(0, data.byteLength)
  })
}
