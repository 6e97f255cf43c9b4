import { once } from "node:events"
import { connect } from "node:net"
import { describe, expect, test } from "vitest"
import { adapters } from "../support/adapters.ts"
import { frame, opcode } from "../support/raw-client.ts"
import { startTarget, type Target } from "../support/target.ts"
import { handshake } from "../support/wire.ts"

/** A connection that sends some bytes and is reset, at once or when anything has come back. */
async function sendAndReset(target: Target, bytes: string | Buffer, isAnswered = false): Promise<void> {
  const socket = connect({ port: target.port, host: "127.0.0.1" })
  socket.on("error", () => undefined)
  await once(socket, "connect")
  await new Promise<void>((resolve) => socket.write(bytes, () => resolve()))
  if (isAnswered) await Promise.race([once(socket, "data"), once(socket, "close")])
  const closed = once(socket, "close")
  socket.resetAndDestroy()
  await closed
}

const open = (path: string): Buffer => Buffer.from(handshake(path))
const moments: readonly (readonly [when: string, bytes: Buffer])[] = [
  ["before it says anything", Buffer.alloc(0)],
  ["in the middle of its handshake", open("/echo").subarray(0, 60)],
  ["right behind its handshake", open("/echo")],
  ["right behind a handshake that is refused", open("/nowhere")],
  [
    "in the middle of a frame's head",
    Buffer.concat([open("/echo"), frame(opcode.text, "x".repeat(300)).subarray(0, 3)]),
  ],
  ["in the middle of a frame", Buffer.concat([open("/echo"), frame(opcode.text, "x".repeat(300)).subarray(0, 90)])],
  ["between two fragments", Buffer.concat([open("/echo"), frame(opcode.text, "half", false)])],
  ["while it is answered", Buffer.concat([open("/echo"), frame(opcode.binary, Buffer.alloc(500_000))])],
  ["while we close", Buffer.concat([open("/closing"), frame(opcode.text, "close me")])],
  ["behind its Close", Buffer.concat([open("/echo"), frame(opcode.close, Buffer.from([3, 232]))])],
]

describe.each(adapters)("the %s adapter", (adapter) => {
  test.each(moments)("G16b: a connection that is reset %s harms nobody", async (_, bytes) => {
    await using target = await startTarget(adapter)
    for (const isAnswered of bytes.length > 100 ? [false, true] : [false]) {
      await Promise.all(Array.from({ length: 50 }, () => sendAndReset(target, bytes, isAnswered)))
    }
    await target.expectUnharmed()
  })

  test("G13a: thousands of connections that are reset leave nothing behind", async () => {
    await using target = await startTarget(adapter)
    await target.watch()
    const rush = async (count: number): Promise<void> => {
      let next = 0
      const lane = async (): Promise<void> => {
        while (next < count) {
          const [, bytes] = moments[next++ % moments.length] as (typeof moments)[number]
          await sendAndReset(target, bytes, next % 3 === 0 && bytes.length > 100)
        }
      }
      await Promise.all(Array.from({ length: 50 }, lane))
      await target.until(({ sockets }) => sockets === 0)
    }
    await rush(2_000)
    const { live: before } = await target.measured()
    await rush(4_000)
    const { live } = await target.measured()
    console.log(`live ${live - before} bytes more after 4,000 resets`)
    expect(live - before).toBeLessThan(1_000_000)
    const { opens, reasons } = await target.status()
    expect(Object.values(reasons).reduce((sum, count) => sum + count)).toBe(opens)
    await target.expectUnharmed()
  })

  test("G13a: a peer that ends its direction without a Close is lost, once", async () => {
    await using target = await startTarget(adapter)
    const clients = await Promise.all(Array.from({ length: 20 }, () => target.connect("/echo")))
    for (const client of clients) {
      await client.send("hello")
      expect(await client.next()).toBe("hello")
      client.socket.end()
    }
    expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual(clients.map(() => undefined))
    const { reasons } = await target.until(({ connections }) => connections === 0)
    expect(reasons).toEqual({ lost: 20 })
    await target.expectUnharmed()
  })

  test("G18b: peers that never answer our Close are cut after closeTimeout", async () => {
    await using target = await startTarget(adapter)
    const clients = await Promise.all(Array.from({ length: 20 }, () => target.connect("/closing")))
    for (const client of clients) {
      await client.send("close me")
      client.socket.pause()
    }
    const { reasons } = await target.until(({ connections, messagesIn }) => connections === 0 && messagesIn === 20)
    expect(reasons).toEqual({ server: 20 })
    await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()))
    await target.expectUnharmed()
  })
})
