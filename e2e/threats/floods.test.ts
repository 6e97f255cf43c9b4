import { once } from "node:events"
import { describe, expect, test } from "vitest"
import { adapters } from "../support/adapters.ts"
import { frame, opcode, times } from "../support/raw-client.ts"
import { startTarget } from "../support/target.ts"

const MiB = 1024 * 1024
/** What the server of these tests has as `maxBackpressure`. */
const maxBackpressure = 256 * 1024
/** What reading, the collector's laziness and compiled code may add to the peak. */
const slack = 40 * MiB
/** How late the event loop may be, nine times in ten, in milliseconds: small messages cost ws some four times as much. */
const lateness = { node: 100, ws: 250 }

describe.each(adapters)("the %s adapter", (adapter) => {
  test("G15b: peers that read nothing of what they cause take no more memory than their limits, and lose nothing", async () => {
    await using target = await startTarget(adapter)
    const before = await target.watch()
    const clients = await Promise.all(Array.from({ length: 8 }, () => target.connect("/echo")))
    // More than the buffers of the system hold.
    const messages = 400
    for (const { socket } of clients) socket.pause().write(times(messages, frame(opcode.binary, Buffer.alloc(65_536))))
    // Each of them waits for room, which there is below a quarter.
    await target.until(({ pendingBytes }) => pendingBytes >= (clients.length * maxBackpressure) / 4)
    await using other = await target.connect("/echo")
    for (let count = 0; count < 100; count++) {
      await other.send(`${count}`)
      expect(await other.next()).toBe(`${count}`)
    }
    const { live } = await target.measured()
    console.log(`live ${((live - before) / MiB).toFixed(1)} MiB for ${clients.length} × 25 MiB`)
    // Besides what is pending, an inbox of 1 MiB and one read may be full.
    expect(live - before).toBeLessThan(clients.length * (maxBackpressure + MiB + 2 * 65_536) + 8 * MiB)
    for (const { socket } of clients) socket.resume()
    for (const { counts, socket } of clients) while (counts.get(opcode.binary) !== messages) await once(socket, "data")
    await Promise.all([...clients, other].map((client) => client[Symbol.asyncDispose]()))
    await target.expectUnharmed()
  })

  test("G15c: peers that do not read what a careless handler sends are closed as slow consumers", async () => {
    await using target = await startTarget(adapter)
    const before = await target.watch()
    const clients = await Promise.all(Array.from({ length: 16 }, () => target.connect("/careless")))
    for (const client of clients) client.socket.pause().write(times(128, frame(opcode.binary, Buffer.alloc(65_536))))
    await target.until(({ pendingBytes }) => pendingBytes > maxBackpressure)
    const { peak } = await target.measured()
    console.log(`peak ${((peak - before) / MiB).toFixed(1)} MiB for ${clients.length} × 64 MiB`)
    expect(peak - before).toBeLessThan(clients.length * (maxBackpressure + MiB + 65_536) + slack)
    for (const client of clients) client.socket.resume()
    expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual(clients.map(() => 1013))
    expect((await target.until(({ connections }) => connections === 0)).reasons).toEqual({ "slow-consumer": 16 })
    await target.expectUnharmed()
  })

  test("H3: followers that read nothing are closed, and cost the publisher and other followers nothing", async () => {
    await using target = await startTarget(adapter)
    const before = await target.watch()
    const idle = await Promise.all(Array.from({ length: 16 }, () => target.connect("/lobby")))
    for (const client of idle) client.socket.pause()
    await using publisher = await target.connect("/lobby")
    await using follower = await target.connect("/lobby")
    const text = "x".repeat(65_000)
    let published = 0
    let status = await target.status()
    while (
      (status.closes["slow-consumer"] ?? 0) + status.pendingBytes / maxBackpressure < idle.length / 2 &&
      published < 1_000
    ) {
      for (let count = 0; count < 10; count++, published++) {
        await publisher.send(text)
        expect([await publisher.next(), await follower.next()]).toEqual([text, text])
      }
      status = await target.status()
    }
    const { peak } = await target.measured()
    console.log(
      `peak ${((peak - before) / MiB).toFixed(1)} MiB for ${published} messages to ${idle.length} that do not read`,
    )
    expect(peak - before).toBeLessThan(idle.length * maxBackpressure + slack)
    for (const client of idle) client.socket.resume()
    expect(await Promise.all(idle.map(({ closed }) => closed))).toEqual(idle.map(() => 1013))
    await Promise.all([publisher, follower].map((client) => client[Symbol.asyncDispose]()))
    await target.expectUnharmed()
  })

  test("G12d: a flood of pings whose pongs are not read takes no memory", async () => {
    await using target = await startTarget(adapter)
    await using client = await target.connect("/limited")
    client.socket.pause()
    const pings = times(10_000, frame(opcode.ping, Buffer.alloc(125)))
    const before = await target.watch()
    for (let count = 0; count < 50; count++) await client.send(pings)
    await client.send("all sent")
    await target.until(({ messagesIn }) => messagesIn === 1)
    const { peak } = await target.measured()
    console.log(`peak ${((peak - before) / MiB).toFixed(1)} MiB for 500,000 pings`)
    expect(peak - before).toBeLessThan(slack)
    client.socket.resume()
    expect(await client.next()).toBe("all sent")
    expect(client.counts.get(opcode.pong)).toBeGreaterThan(0)
    await client[Symbol.asyncDispose]()
    await target.expectUnharmed()
  })

  test.each([
    ["empty", ""],
    ["one-byte", "x"],
  ])("G20a: a flood of %s fragments is closed with 1008", async (_, payload) => {
    await using target = await startTarget(adapter)
    await using client = await target.connect("/echo")
    const before = await target.watch()
    const fragments = times(10_000, frame(opcode.continuation, payload, false))
    await client.send(frame(opcode.text, payload, false))
    for (let count = 0; count < 20; count++) void client.send(fragments)
    expect(await client.closed).toBe(1008)
    const { peak } = await target.measured()
    expect(peak - before).toBeLessThan(slack)
    expect((await target.until(({ connections }) => connections === 0)).reasons).toEqual({ limit: 1 })
    await target.expectUnharmed()
  })

  test("G20a: many messages that stop just below the limit of fragments keep memory bounded", async () => {
    await using target = await startTarget(adapter)
    const before = await target.watch()
    const clients = await Promise.all(Array.from({ length: 50 }, () => target.connect("/echo")))
    const fragments = times(4_000, frame(opcode.continuation, "x", false))
    for (const client of clients) await client.send(Buffer.concat([frame(opcode.text, "x", false), fragments]))
    // An answered ping says that what came before it was read.
    for (const client of clients) await client.send(frame(opcode.ping))
    for (const { counts, socket } of clients) while (!counts.has(opcode.pong)) await once(socket, "data")
    const { live } = await target.measured()
    console.log(`live ${((live - before) / MiB).toFixed(1)} MiB for 50 × 4,000 fragments`)
    expect(live - before).toBeLessThan(64 * MiB)
    for (const client of clients) await client.send(frame(opcode.continuation, "!"))
    for (const client of clients) expect(await client.next()).toBe(`${"x".repeat(4_001)}!`)
    await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()))
    await target.expectUnharmed()
  })

  test("G20a: ten thousand messages a second are closed with 1008, and nobody else waits for it", async () => {
    await using target = await startTarget(adapter)
    await using other = await target.connect("/echo")
    await target.watch()
    for (let flood = 0; flood < 20; flood++) {
      await using client = await target.connect("/limited")
      void client.send(times(10_000, frame(opcode.text, "flood")))
      while (!client.socket.closed) {
        await other.send("hello")
        expect(await other.next()).toBe("hello")
        client.socket.resume()
      }
      expect(await client.closed).toBe(1008)
    }
    const { delay } = await target.measured()
    console.log(`event loop delay: ${JSON.stringify(delay)}`)
    // Not the longest: it tells more about what else the machine has to do.
    expect(delay.p90).toBeLessThan(lateness[adapter])
    expect((await target.status()).reasons).toEqual({ limit: 20 })
    await other[Symbol.asyncDispose]()
    await target.expectUnharmed()
  })
})
