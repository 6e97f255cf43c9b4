import { expect, test } from "vitest"
import { clientFrame, opcode } from "../../conformance/frame.ts"
import { NodeWebSocketAdapter } from "./node-websocket-adapter.ts"
import { open, type Opened } from "./opened-socket.ts"

// A socket that reads into memory of its own sees the end of a connection while it is paused.

const texts = Array.from({ length: 100 }, (_, index) => `message ${index}`)
const frames = Buffer.concat(texts.map((payload) => clientFrame({ opcode: opcode.text, payload })))

/** Pauses with the first message, and keeps what comes. */
async function pausing(seen: string[], states: boolean[]): Promise<Opened> {
  const opened: Opened = await open(
    (data) => {
      if (seen.length === 0) opened.socket.pause()
      seen.push(Buffer.from(data as Uint8Array).toString())
      states.push(opened.socket.isOpen)
    },
    new NodeWebSocketAdapter({ readBuffer: "own" }),
  )
  return opened
}

test("G13b messages that were read before a reset are handed over, though the socket is paused, and it is open no more", async () => {
  const seen: string[] = []
  const states: boolean[] = []
  await using one = await pausing(seen, states)
  const first = new Promise((resolve) => one.below.once("pause", resolve))
  one.peer.write(frames)
  await first
  expect(seen).toEqual(["message 0"])
  one.peer.resetAndDestroy()
  await one.closed
  expect(seen).toEqual(texts)
  expect(states).toEqual(texts.map((_, index) => index === 0))
})

test("G13b a socket that is paused does not tell of its end before what was read is handed over", async () => {
  const seen: string[] = []
  await using one = await pausing(seen, [])
  const ended = new Promise((resolve) => one.below.once("end", resolve))
  one.peer.end(frames)
  await ended
  expect([seen, one.socket.isOpen]).toEqual([["message 0"], true])
  one.socket.resume()
  await one.closed
  expect(seen).toEqual(texts)
})

test("G13b what comes behind a Close of ours is not handed over, though the connection breaks", async () => {
  const seen: string[] = []
  await using one = await pausing(seen, [])
  const first = new Promise((resolve) => one.below.once("pause", resolve))
  one.peer.write(frames)
  await first
  one.socket.close(1000, "")
  one.peer.resetAndDestroy()
  await one.closed
  expect(seen).toEqual(["message 0"])
})
