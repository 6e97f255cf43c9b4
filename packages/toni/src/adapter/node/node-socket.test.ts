import { expect, test } from "vitest"
import { WsMessage } from "../../message/ws-message.ts"
import type { AdapterSocket } from "../websocket-adapter.ts"
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
