import { once } from "node:events"
import { expect, test } from "vitest"
import { clientFrame, opcode } from "../../conformance/frame.ts"
import { Pulse } from "../../connection/pulse.ts"
import { WsMessage } from "../../message/ws-message.ts"
import type { AdapterSocket } from "../websocket-adapter.ts"
import { NodeWebSocketAdapter } from "./node-websocket-adapter.ts"
import { open } from "./opened-socket.ts"

const unsent = { isOpen: false, sent: 0, pending: 0 }

function state(socket: AdapterSocket): unknown {
  return { isOpen: socket.isOpen, sent: socket.send(WsMessage.text("too late")), pending: socket.pendingBytes }
}

test("G15a what we have cut takes nothing more, from that moment on", async () => {
  await using opened = await open()
  const { socket, closed } = opened
  expect(state(socket)).toEqual({ isOpen: true, sent: 8, pending: 10 })
  socket.terminate()
  expect(state(socket)).toEqual(unsent)
  await closed
})

test("G15a what ends without a Close takes nothing more once we know of the end", async () => {
  await using opened = await open()
  const { socket, below, peer, closed } = opened
  const ended = new Promise((resolve) => below.on("end", () => resolve(state(socket))))
  peer.end()
  expect(await ended).toEqual(unsent)
  await closed
})

test("G15a what was reset takes nothing more", async () => {
  await using opened = await open()
  const { socket, peer, closed } = opened
  peer.resetAndDestroy()
  await closed
  expect(state(socket)).toEqual(unsent)
})

test.each(["shared", "own"] as const)(
  "G20b each read is a sign of life, into a buffer that is %s, though nothing whole has come",
  async (readBuffer) => {
    await using opened = await open(undefined, new NodeWebSocketAdapter({ readBuffer }))
    const before = opened.socket.bytesReceived
    opened.peer.write(clientFrame({ opcode: opcode.text, payload: "half" }).subarray(0, 3))
    while (opened.below.bytesRead < 3 || opened.socket.bytesReceived === before) await new Promise(setImmediate)
    expect(opened.socket.bytesReceived).toBe(before + 1)
  },
)

test("G20b to look after a quiet socket asks the runtime for no counter", async () => {
  await using opened = await open()
  let asked = 0
  for (const name of ["bytesRead", "bytesWritten"]) {
    Object.defineProperty(opened.below, name, { configurable: true, get: () => ++asked })
  }
  const limits = { heartbeat: { interval: 30_000, timeout: 10_000 }, stallTimeout: 30_000 }
  const pulse = new Pulse(opened.socket, 0)
  const seen = [1_000, 30_000, 40_000].map((now) => pulse.check(opened.socket, limits, now, true))
  expect([seen, asked]).toEqual([["none", "silent", "timeout"], 0])
})

test("what Node keeps of an address, for each socket, is not kept", async () => {
  await using opened = await open()
  expect(opened.below).toMatchObject({ _peername: undefined })
})

const part = (kind: number): Buffer => clientFrame({ opcode: kind, fin: false })
test.each([
  [1009, { kind: "limit", limit: "maxPayload", code: 1009 }, [clientFrame({ opcode: 2, announced: 2_000_000n })]],
  [1008, { kind: "limit", limit: "maxFragments", code: 1008 }, [part(1), part(0), part(0), part(0), part(0)]],
  [1002, { kind: "protocol-error", code: 1002 }, [clientFrame({ opcode: 3 })]],
])(
  "G20a a violation is told, with the limit that was exceeded, and the peer hears %d",
  async (code, violation, frames) => {
    const told: unknown[] = []
    await using opened = await open(undefined, undefined, "", { violation: (what) => void told.push(what) })
    opened.peer.write(Buffer.concat(frames))
    const [close] = (await once(opened.peer, "data")) as [Buffer]
    expect([...close]).toEqual([0x88, 2, code >> 8, code & 0xff])
    expect(told).toMatchObject([violation])
  },
)
