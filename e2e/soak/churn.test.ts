import { expect, test } from "vitest"
import { helperProcess } from "../support/helper-process.ts"

/** `npm test` makes it 100,000. */
const count = Number(process.env["TONI_CHURN"] ?? 20_000)
const inMemory = Math.round(count * 0.9)
/** What heap and buffers may grow by, in bytes: compiled code, mostly. One forgotten object per connection is more. */
const margin = 1_000_000 + 10 * count

interface Left {
  readonly heap: number
  readonly handles: readonly string[]
  readonly connects: number
  readonly disconnects: number
  readonly strangers: number
  readonly pendingBytes: number
  readonly followers: number
  readonly closes: readonly Readonly<Record<string, number>>[]
  readonly surprises: readonly string[]
}

test(`G13a G14: a churn of ${count.toLocaleString("en")} connections leaves heap and handle counts where they were`, async () => {
  await using server = helperProcess(new URL("server.mjs", import.meta.url))
  await using peers = helperProcess(new URL("peers.mjs", import.meta.url))
  const port = await server.ask<number>("port")
  const churn = (memory: number, sockets: number): Promise<unknown> =>
    Promise.all([server.ask("churn", memory), peers.ask("churn", port, sockets)])

  await churn(6_000, 1_000)
  const before = await server.ask<Left>("left")
  const begin = performance.now()
  await churn(inMemory, count - inMemory)
  const seconds = (performance.now() - begin) / 1_000
  const after = await server.ask<Left>("left")
  console.log(
    `${inMemory} in memory and ${count - inMemory} on sockets in ${seconds.toFixed(1)} s; ` +
      `heap ${before.heap} → ${after.heap}; closes ${JSON.stringify(after.closes)}`,
  )

  expect(after.surprises).toEqual([])
  expect(after.connects - before.connects).toBeGreaterThan(count * 0.6)
  expect(after).toMatchObject({ disconnects: after.connects, strangers: 0, followers: 0, pendingBytes: 0 })
  expect(after.handles).toEqual(before.handles)
  expect(after.heap - before.heap).toBeLessThan(margin)
  expect(await server.ask("close")).toEqual({ clients: 0, handles: expect.not.arrayContaining(["TCPSocketWrap"]) })
}, 300_000)
