import { once } from "node:events"
import { createServer } from "node:http"
import { connect, Socket, type AddressInfo } from "node:net"
import type { IncomingMessage } from "node:http"
import { afterEach, expect, onTestFinished, test, vi } from "vitest"
import { PendingNodeUpgrade, type NodeUpgrade, type OpenSocket } from "./pending-upgrade.ts"

afterEach(() => void vi.useRealTimers())

const refusal = { status: 403, headers: [["X-Why", "é"]], body: "no: é" } as const

/** An upgrade over a real connection, and the client's end of it. */
async function upgrade(open: OpenSocket = () => undefined, failed: (error: unknown) => void = () => undefined) {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const client = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true })
  client.write("GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhead")
  const [request, socket, head] = (await once(server, "upgrade")) as [IncomingMessage, Socket, Buffer]
  onTestFinished(() => {
    client.destroy()
    socket.destroy()
    server.close()
  })
  const given: NodeUpgrade = { request, socket, head }
  return { client, socket, pending: new PendingNodeUpgrade(given, open, failed) }
}

const terms = { protocol: undefined, headers: [], limits: { maxPayload: 1, maxFragments: 1 } }

test("G5b a refusal says Connection: close and why, in UTF-8, and ends", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
  const { client, pending } = await upgrade()
  pending.refuse(refusal)
  const chunks: Buffer[] = []
  for await (const chunk of client) chunks.push(chunk as Buffer)
  expect(Buffer.concat(chunks).toString("latin1")).toBe(
    "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n" +
      `Content-Length: 6\r\nX-Why: é\r\n\r\nno: ${Buffer.from("é").toString("latin1")}`,
  )
})

test("G5b a peer that goes on sending after a refusal is cut after a while", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
  const { client, socket, pending } = await upgrade()
  const gone = once(socket, "close")
  pending.refuse(refusal)
  expect(socket.readableFlowing).toBe(true)
  for (let second = 0; second < 4; second++) {
    client.write("more")
    await once(socket, "data")
    expect(socket.destroyed).toBe(false)
    vi.advanceTimersByTime(second < 3 ? 500 : 499)
  }
  vi.advanceTimersByTime(1)
  expect(socket.destroyed).toBe(true)
  await gone
  expect(vi.getTimerCount()).toBe(0)
})

test("G5b a peer that ends with the refusal leaves no timer behind", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
  const { client, socket, pending } = await upgrade()
  const gone = once(socket, "close")
  pending.refuse(refusal)
  await once(client.resume(), "end")
  client.end()
  await gone
  expect(vi.getTimerCount()).toBe(0)
})

test.each<[string, (client: Socket) => void]>([
  ["resets", (client) => void client.resetAndDestroy()],
  ["ends", (client) => void client.end()],
])("G9a who %s while waiting is reported once; answers come too late", async (_, vanish) => {
  const open = vi.fn<OpenSocket>()
  const { client, socket, pending } = await upgrade(open)
  const abandoned = vi.fn<() => void>()
  pending.wait()
  const gone = new Promise<void>((resolve) => (pending.onAbandoned = () => resolve(abandoned())))
  vanish(client)
  await gone
  expect(socket.destroyed).toBe(true)
  expect(pending.accept(terms, {} as never)).toBeUndefined()
  pending.refuse(refusal)
  if (!socket.closed) await once(socket, "close")
  expect([abandoned.mock.calls.length, open.mock.calls.length]).toEqual([1, 0])
})

test("G9a what came early is handed over in one piece, in order, and reading goes on where it was stopped", async () => {
  const heads: Buffer[] = []
  const { client, socket, pending } = await upgrade(({ head }) => void heads.push(head))
  pending.wait()
  const sent = Buffer.concat([Buffer.from("head"), Buffer.alloc(200_000, "0123456789abcdef")])
  client.write(sent.subarray(4))
  await once(socket, "pause")
  pending.accept(terms, {} as never)
  const rest: Buffer[] = []
  const all = new Promise<void>((resolve) =>
    socket.on("data", (chunk) => {
      rest.push(chunk)
      if (Buffer.concat(rest).length + (heads[0]?.length ?? 0) === sent.length) resolve()
    }),
  )
  await all
  expect(heads[0]?.length).toBeLessThan(sent.length)
  expect(Buffer.concat([...heads, ...rest]).equals(sent)).toBe(true)
})

test.each<[string, (socket: Socket, client: Socket) => unknown]>([
  ["is destroyed", (socket) => socket.destroy(new Error("broken"))],
  ["somebody else has ended", (socket) => socket.end()],
  [
    "its peer has ended",
    (socket, client) => {
      client.end()
      return once(socket.resume(), "end")
    },
  ],
])(
  "an upgrade whose socket %s cannot be taken any more: it ends without a word, and without an error",
  async (...row) => {
    const [, end] = row
    const open = vi.fn<OpenSocket>()
    const { client, socket, pending } = await upgrade(open)
    await end(socket, client)
    expect([pending.accept(terms, {} as never), open.mock.calls, socket.destroyed]).toEqual([undefined, [], true])
  },
)

const ways = {
  accepted: (pending: PendingNodeUpgrade) => void pending.accept(terms, {} as never),
  refused: (pending: PendingNodeUpgrade) => pending.refuse(refusal),
}

test.each([
  ["accepted", "accepted", ["head"], false],
  ["accepted", "refused", ["head"], false],
  ["refused", "accepted", [], true],
] as const)("an upgrade that was %s is not %s any more", async (first, second, heads, isEnded) => {
  const opened: string[] = []
  const { socket, pending } = await upgrade(({ head }) => void opened.push(head.toString()))
  ways[first](pending)
  ways[second](pending)
  expect([opened, socket.writableEnded, socket.destroyed]).toEqual([heads, isEnded, false])
})

test.each(["accepted", "refused"] as const)(
  "G9a once who waited was %s, nobody tells that it vanishes",
  async (way) => {
    const { client, socket, pending } = await upgrade()
    const abandoned = vi.fn<() => void>()
    pending.onAbandoned = abandoned
    const listeners = (): number[] => ["data", "end"].map((name) => socket.listenerCount(name))
    const before = listeners()
    pending.wait()
    ways[way](pending)
    expect(listeners()).toEqual(before)
    const gone = new Promise((resolve) => socket.once("close", resolve))
    client.resetAndDestroy()
    await gone
    expect(abandoned).not.toHaveBeenCalled()
  },
)

test("G9a a peer that vanishes when nobody asks for it is no error", async () => {
  const failed = vi.fn<(error: unknown) => void>()
  const { client, socket, pending } = await upgrade(undefined, failed)
  pending.wait()
  const gone = new Promise((resolve) => socket.once("close", resolve))
  client.resetAndDestroy()
  await gone
  expect(failed).not.toHaveBeenCalled()
})

test("a refusal has the content type that it was given, and a word for a status that has none", async () => {
  const { client, pending } = await upgrade()
  pending.refuse({ status: 499, headers: [["content-type", "application/json"]], body: "{}" })
  let received = ""
  for await (const chunk of client) received += String(chunk)
  expect(received).toBe(
    "HTTP/1.1 499 Refused\r\nConnection: close\r\nContent-Length: 2\r\ncontent-type: application/json\r\n\r\n{}",
  )
})

test("a peer without an address, as over a Unix socket, has an empty one", () => {
  const request = { rawHeaders: [] } as unknown as IncomingMessage
  const upgrade = { request, socket: new Socket(), head: Buffer.alloc(0) }
  const nothing = (): undefined => undefined
  expect(new PendingNodeUpgrade(upgrade, nothing, nothing).request.remoteAddress).toBe("")
})

test("G20b the time-out of a server that was handed over ends with the upgrade", async () => {
  const { socket, pending } = await upgrade()
  socket.setTimeout(300)
  pending.accept(terms, {} as never)
  expect(socket.timeout).toBe(0)
})

test("a released socket has somebody who hears its errors until the adapter does", async () => {
  const { socket, pending } = await upgrade(() => void socket.on("error", () => undefined))
  expect(socket.listenerCount("error")).toBe(1)
  pending.accept(terms, {} as never)
  expect(socket.listenerCount("error")).toBe(1)
  expect(() => socket.emit("error", new Error("reset"))).not.toThrow()
})

test("an adapter that listens to no errors leaves the guard where it is", async () => {
  const { socket, pending } = await upgrade()
  pending.accept(terms, {} as never)
  expect(() => socket.emit("error", new Error("reset"))).not.toThrow()
})

test("an adapter that fails to open a socket ends that one, and says why", async () => {
  const failed = vi.fn<(error: unknown) => void>()
  const open = (): never => {
    throw new Error("of the adapter")
  }
  const { socket, pending } = await upgrade(open, failed)
  expect([pending.accept(terms, {} as never), socket.destroyed]).toEqual([undefined, true])
  expect(failed.mock.calls).toMatchObject([[{ message: "of the adapter" }]])
})

test("what throws when a peer vanishes is said, and goes no further", async () => {
  const failed = vi.fn<(error: unknown) => void>()
  const { client, socket, pending } = await upgrade(undefined, failed)
  pending.wait()
  pending.onAbandoned = () => {
    throw new Error("of the core")
  }
  const gone = new Promise((resolve) => socket.once("close", resolve))
  client.resetAndDestroy()
  await gone
  expect(failed.mock.calls).toMatchObject([[{ message: "of the core" }]])
})
