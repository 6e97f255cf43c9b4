import { deflateRawSync, constants } from "node:zlib"
import { expect, test } from "vitest"
import { ok } from "../../conformance/expect.ts"
import { clientFrame, opcode } from "../../conformance/frame.ts"
import { nodeHost, nodeHostWithoutSharing, wsHost } from "../../conformance/hosts.ts"
import { gate, scenario } from "../../conformance/scenario.ts"
import { runScenario } from "../../conformance/stage.ts"
import { overTcp } from "../../conformance/tcp-client.ts"
import { heldBytes } from "./held-bytes.ts"

// What waits in an inbox keeps the memory alive in which it lies.

const MiB = 2 ** 20
const { binary, pong } = opcode
const offer = { headers: { "sec-websocket-extensions": "permessage-deflate" } }

/** Pongs that nobody asked for, which are read and forgotten: 64 KiB of them with one message of one byte. */
const filler = Buffer.concat(Array<Uint8Array>(500).fill(clientFrame({ opcode: pong, payload: new Uint8Array(125) })))
const plain = Buffer.concat([clientFrame({ opcode: binary, payload: Uint8Array.of(1) }), filler])
const deflated = deflateRawSync(Uint8Array.of(1), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
const compressed = Buffer.concat([clientFrame({ opcode: binary, rsv: 4, payload: deflated }), filler])
/** Nothing but messages, nine thousand in a read. */
const dense = Buffer.concat(Array<Uint8Array>(9_000).fill(clientFrame({ opcode: binary, payload: Uint8Array.of(1) })))

test.each([
  ["node", nodeHost, false, [plain]],
  ["node, without a shared buffer,", nodeHostWithoutSharing, false, [plain]],
  ["node, with compression,", nodeHost, true, [compressed]],
  ["node, with messages one behind the other,", nodeHost, false, [dense]],
  ["ws", wsHost, false, [plain]],
] as const)(
  "G12c small messages that wait in the inboxes of 8 clients on %s hold no more than inbox.bytes",
  async (_name, host, isCompressed, [bytes]) => {
    const count = 300
    const bytesOfInbox = MiB / 2
    const run = scenario("G12c", "small messages", async ({ serve }) => {
      const full = gate()
      let arrived = 0
      const { app, connect } = await serve({
        path: "/chat",
        options: { compression: isCompressed, inbox: { messages: count, bytes: bytesOfInbox } },
        onMessage() {
          if (++arrived === 8) full.open()
          return new Promise(() => undefined)
        },
      })
      const clients = await Promise.all(
        Array.from({ length: 8 }, async () => overTcp(await connect("/chat", isCompressed ? offer : {}))),
      )
      const before = await heldBytes()
      for (const client of clients) for (let round = 0; round < count + 10; round++) client.write(bytes)
      await full.promise
      let read = 0
      // One is being handled, and eight that lie in a read of 64 KiB each fill an inbox; in smaller reads there are more.
      while (read < app.metrics().messagesIn || read < 8 * 8) {
        read = app.metrics().messagesIn
        for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
      }
      const held = (await heldBytes()) - before
      // What one read has delivered is kept, so an inbox may be above its mark by a read.
      ok(held < 8 * (bytesOfInbox + 3 * 65_536), `${read} messages wait, and hold ${held} bytes`)
    })
    await expect(runScenario(host, run, { limit: 20_000 })).resolves.toBe("met")
  },
  25_000,
)
