import { once } from "node:events"
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http"
import { connect, type AddressInfo, type Socket } from "node:net"
import { afterEach, expect, onTestFinished, test, vi } from "vitest"
import type { PendingUpgrade, UpgradeDoor } from "../websocket-adapter.ts"
import type { OpenSocket } from "./pending-upgrade.ts"
import { listenForUpgrades } from "./upgrade-listener.ts"

afterEach(() => void vi.useRealTimers())

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`
const upgradeTo = (protocol: string, path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`

/** A door for paths that begin like this, which refuses everything with 403 and its name. */
function doorOf(prefix: string, others: Partial<UpgradeDoor> = {}) {
  const failures: unknown[] = []
  const asked: string[] = []
  const door: UpgradeDoor = {
    owns: (target) => target.startsWith(prefix),
    upgrade(pending) {
      asked.push(pending.request.target)
      pending.refuse({ status: 403, headers: [["X-Door", prefix]], body: "" })
    },
    failed: (error) => void failures.push(error),
    ...others,
  }
  return { door, failures, asked }
}

/** A server whose responses wait for the test, and a way to talk to it. */
async function serve(handler?: RequestListener) {
  const responses: ServerResponse[] = []
  const keep: RequestListener = (_, response) => {
    responses.push(response)
    server.emit("asked")
  }
  const server = createServer(handler ?? keep)
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const sockets: Socket[] = []
  server.on("connection", (socket) => sockets.push(socket))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const talk = (...sent: string[]): Peer => {
    const socket = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true })
    onTestFinished(() => void socket.destroy())
    const peer = new Peer(socket)
    socket.write(sent.join(""))
    return peer
  }
  const asked = async (count: number): Promise<void> => {
    while (responses.length < count) await once(server, "asked")
  }
  return { server, responses, asked, talk }
}

class Peer {
  received = ""
  readonly ended: Promise<void>
  readonly socket: Socket

  constructor(socket: Socket) {
    this.socket = socket
    socket.on("data", (chunk: Buffer) => (this.received += chunk.toString("latin1")))
    socket.on("error", () => undefined)
    this.ended = new Promise((resolve) => socket.once("end", resolve).once("close", () => resolve()))
  }

  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.received)) await once(this.socket, "data")
  }

  /** The status of each answer, in order. */
  get statuses(): number[] {
    return [...this.received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
  }
}

const open: OpenSocket = () => undefined
/** Hears no errors, as `once` would. */
const closed = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.once("close", resolve))
const upgraded = async (server: { once: unknown }): Promise<Socket> =>
  ((await once(server as never, "upgrade")) as [IncomingMessage, Socket])[1]

test("G5c upgrades to something else, pipelined, and a request behind them are answered one by one", async () => {
  const { server, responses, asked, talk } = await serve()
  listenForUpgrades(server, doorOf("/").door, open)
  const peer = talk(upgradeTo("x", "/1"), upgradeTo("x", "/2"))
  await asked(1)
  peer.socket.write(get("/3"))
  for (let count = 1; count <= 3; count++) {
    await asked(count)
    responses[count - 1]?.end(`answer ${count}`)
    await peer.until(new RegExp(`answer ${count}$`))
  }
  expect([responses.length, peer.statuses]).toEqual([3, [200, 200, 200]])
})

test("G5c an upgrade to h2c behind a request that is not answered yet gets its answer", async () => {
  const { server, responses, asked, talk } = await serve()
  listenForUpgrades(server, doorOf("/").door, open)
  const peer = talk(get("/1"), upgradeTo("h2c", "/2"))
  await asked(1)
  responses[0]?.end("first")
  await asked(2)
  responses[1]?.end("second")
  await peer.until(/first[^]*second$/)
  expect(peer.statuses).toEqual([200, 200])
})

test("G5c a plain request that follows another protocol's upgrade is not timed out by what came before", async () => {
  const { server, responses, asked, talk } = await serve()
  server.keepAliveTimeout = 60_000
  listenForUpgrades(server, doorOf("/").door, open)
  const peer = talk(get("/1"), upgradeTo("h2c", "/2"))
  await asked(1)
  responses[0]?.end("first")
  await asked(2)
  expect(responses[1]?.socket?.timeout ?? 0).toBe(0)
  responses[1]?.end("second")
  await peer.until(/second$/)
})

test("G5b a WebSocket upgrade behind two requests is answered when both are, and loses neither answer", async () => {
  const { server, responses, asked, talk } = await serve()
  const { door, asked: doorAsked } = doorOf("/")
  listenForUpgrades(server, door, open)
  const peer = talk(get("/1"), get("/2"), upgradeTo("websocket", "/ws"))
  await asked(2)
  responses[1]?.end("second")
  expect(doorAsked).toEqual([])
  responses[0]?.end("first")
  await peer.ended
  expect([peer.statuses, doorAsked]).toEqual([[200, 200, 403], ["/ws"]])
  expect(peer.received).toMatch(/first[^]*second/)
})

test("G5b an upgrade behind a response that is ended and not yet written waits for the rest of it", async () => {
  const body = "x".repeat(8 * 1024 * 1024)
  const { server, talk } = await serve((_, response) => response.end(body))
  const { door, asked: doorAsked } = doorOf("/")
  listenForUpgrades(server, door, open)
  const released = upgraded(server)
  const peer = talk(get("/big"), upgradeTo("websocket", "/ws"))
  peer.socket.pause()
  const socket = await released
  expect([socket.writableLength > 0, doorAsked]).toEqual([true, []])
  peer.socket.resume()
  await peer.ended
  expect(peer.received.length).toBeGreaterThan(body.length)
  expect([peer.statuses, doorAsked]).toEqual([[200, 403], ["/ws"]])
})

test("G5b an upgrade behind a request whose answer ends the connection is not answered", async () => {
  const { server, responses, asked, talk } = await serve()
  const { door, asked: doorAsked } = doorOf("/")
  listenForUpgrades(server, door, open)
  const peer = talk(get("/1"), upgradeTo("websocket", "/ws"))
  await asked(1)
  responses[0]?.setHeader("Connection", "close").end("last")
  await peer.ended
  expect([peer.statuses, doorAsked]).toEqual([[200], []])
})

test("G5b a big answer that ends the connection comes whole, with an upgrade behind its request", async () => {
  const body = "x".repeat(8 * 1024 * 1024)
  const { server, talk } = await serve((_, response) => response.setHeader("Connection", "close").end(body))
  const { door, asked: doorAsked } = doorOf("/")
  listenForUpgrades(server, door, open)
  const released = upgraded(server)
  const peer = talk(get("/big"), upgradeTo("websocket", "/ws"))
  peer.socket.pause()
  await released
  peer.socket.resume()
  await peer.ended
  expect([peer.received.length > body.length, peer.statuses, doorAsked]).toEqual([true, [200], []])
})

test("an upgrade whose peer resets while it waits for an earlier answer ends nothing but itself", async () => {
  const { server, responses, asked, talk } = await serve()
  const { door, asked: doorAsked } = doorOf("/")
  listenForUpgrades(server, door, open)
  const released = upgraded(server)
  const peer = talk(get("/1"), upgradeTo("websocket", "/ws"))
  await asked(1)
  const socket = await released
  const gone = closed(socket)
  peer.socket.resetAndDestroy()
  await gone
  responses[0]?.end("too late")
  expect(doorAsked).toEqual([])
})

test.each([
  ["an upgrade to WebSocket", "websocket", "/theirs", 403],
  ["an upgrade to something else", "h2c", "/ours", 200],
])("G5c %s that another listener does nothing with is answered after a second", async (...row) => {
  const [, protocol, path, status] = row
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
  const { server, talk } = await serve((__, response) => response.end("plain"))
  listenForUpgrades(server, doorOf("/ours").door, open)
  server.on("upgrade", () => undefined)
  const released = upgraded(server)
  const peer = talk(upgradeTo(protocol, path))
  await released
  vi.advanceTimersByTime(999)
  expect(peer.received).toBe("")
  vi.advanceTimersByTime(1)
  await peer.until(/\r\n\r\n/)
  expect(peer.statuses).toEqual([status])
})

test("G5c what is ours is answered at once, whoever else listens", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
  const { server, talk } = await serve()
  listenForUpgrades(server, doorOf("/ours").door, open)
  server.on("upgrade", () => undefined)
  const peer = talk(upgradeTo("websocket", "/ours"))
  await peer.ended
  expect(peer.statuses).toEqual([403])
})

test("G5c an earlier answer on its connection is no sign that somebody has taken an upgrade", async () => {
  const { server, responses, asked, talk } = await serve()
  listenForUpgrades(server, doorOf("/ours").door, open)
  server.on("upgrade", () => undefined)
  const peer = talk(get("/"), upgradeTo("websocket", "/theirs"))
  await asked(1)
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
  const [response] = responses as [ServerResponse]
  const answered = once(response, "close")
  response.end("first")
  await answered
  vi.advanceTimersByTime(1_000)
  await peer.ended
  expect(peer.statuses).toEqual([200, 403])
})

test("G5c an upgrade that nobody has taken after a second, and whose application has gone, is ended", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
  const { server, talk } = await serve()
  const detach = listenForUpgrades(server, doorOf("/ours").door, open)
  server.on("upgrade", () => undefined)
  const released = upgraded(server)
  const peer = talk(upgradeTo("websocket", "/theirs"))
  await released
  detach()
  vi.advanceTimersByTime(1_000)
  await peer.ended
  expect(peer.received).toBe("")
})

test("G5c a peer that resets an upgrade which nobody has taken does not end the process", async () => {
  const { server, talk } = await serve()
  listenForUpgrades(server, doorOf("/ours").door, open)
  server.on("upgrade", () => undefined)
  const released = upgraded(server)
  const peer = talk(upgradeTo("websocket", "/theirs"))
  const socket = await released
  const gone = closed(socket)
  peer.socket.resetAndDestroy()
  socket.write("x")
  await gone
  expect(socket.listenerCount("error")).toBe(1)
})

test.each<[string, (socket: Socket) => void]>([
  ["writes to", (socket) => void socket.write("HTTP/1.1 101 Theirs\r\n\r\n")],
  ["listens on", (socket) => void socket.once("error", () => undefined)],
  ["reads from", (socket) => void socket.resume()],
])("G5c an upgrade that another listener %s is left to it, however long it takes", async (_, take) => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
  const { server, talk } = await serve()
  const { door, asked } = doorOf("/ours")
  listenForUpgrades(server, door, open)
  server.on("upgrade", (__, socket: Socket) => take(socket))
  const released = upgraded(server)
  const peer = talk(upgradeTo("websocket", "/theirs"))
  const socket = await released
  vi.advanceTimersByTime(60_000)
  socket.end("the end")
  await peer.ended
  expect([peer.received.replace("HTTP/1.1 101 Theirs\r\n\r\n", ""), asked]).toEqual(["the end", []])
})

test("G5c a listener for one upgrade alone counts as one, though it is gone once it was called", async () => {
  const { server, talk } = await serve()
  const { door, asked } = doorOf("/ours")
  const theirs = new Promise<Socket>((resolve) => server.once("upgrade", (_, socket: Socket) => resolve(socket)))
  listenForUpgrades(server, door, open)
  const peer = talk(upgradeTo("websocket", "/theirs"))
  const socket = await theirs
  socket.end("theirs")
  await peer.ended
  expect([peer.received, asked]).toEqual(["theirs", []])
})

test("G5c two applications share a server; when one has gone, all that is nobody's is the other's", async () => {
  const { server, talk } = await serve()
  const one = doorOf("/one")
  const two = doorOf("/two")
  const detachOne = listenForUpgrades(server, one.door, open)
  const detachTwo = listenForUpgrades(server, two.door, open)
  const ask = async (path: string): Promise<string> => {
    const peer = talk(upgradeTo("websocket", path))
    await peer.ended
    return `${peer.statuses.join(" ")} ${/X-Door: (.*)\r/.exec(peer.received)?.[1]}`
  }
  expect([await ask("/two"), await ask("/one"), await ask("/else")]).toEqual(["403 /two", "403 /one", "403 /one"])
  detachOne()
  expect([await ask("/two"), await ask("/one"), await ask("/else")]).toEqual(["403 /two", "403 /two", "403 /two"])
  detachTwo()
  expect(server.listenerCount("upgrade")).toBe(0)
})

test("an upgrade whose application goes while it waits for an earlier answer is answered by another one", async () => {
  const { server, responses, asked, talk } = await serve()
  const detach = listenForUpgrades(server, doorOf("/one").door, open)
  listenForUpgrades(server, doorOf("/two").door, open)
  const peer = talk(get("/"), upgradeTo("websocket", "/one"))
  await asked(1)
  detach()
  responses[0]?.end("first")
  await peer.ended
  expect(peer.received).toMatch(/200 OK[^]*first[^]*403[^]*X-Door: \/two/)
})

test.each([
  ["24.9.9", "Content-Length: 2\r\n\r\nab", 200],
  ["25.0.0", "Content-Length: 2\r\n\r\nab", 400],
  ["25.0.0", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400],
  ["25.0.0", "Content-Length: 0\r\n\r\n", 200],
  ["25.0.0", "\r\n", 200],
])("G5c on Node %s, whose body may be read by then, an upgrade to something else with %j gets %d", async (...row) => {
  const [version, end, status] = row
  const node = vi.spyOn(process.versions, "node", "get").mockReturnValue(version)
  onTestFinished(() => node.mockRestore())
  const { server, talk } = await serve((_, response) => response.end("plain"))
  const { door, failures } = doorOf("/")
  listenForUpgrades(server, door, open)
  const peer = talk(upgradeTo("h2c", "/x").slice(0, -2), end)
  await peer.until(/plain$|here\.$/)
  expect([peer.statuses, failures]).toEqual([[status], []])
})

test("where one application is alone, nobody is asked whose an upgrade is", async () => {
  const { server, talk } = await serve()
  const owns = vi.fn<UpgradeDoor["owns"]>()
  listenForUpgrades(server, doorOf("/", { owns }).door, open)
  const peer = talk(upgradeTo("websocket", "/ws"))
  await peer.ended
  expect([peer.statuses, owns.mock.calls]).toEqual([[403], []])
})

test.each([
  ["WebSocket", 403],
  ["h2c, websocket", 403],
  ["websocket2", 200],
])("RFC6455 4.2.1 an upgrade to %s gets %d", async (protocols, status) => {
  const { server, talk } = await serve((_, response) => response.end("plain"))
  listenForUpgrades(server, doorOf("/").door, open)
  const peer = talk(upgradeTo(protocols, "/"))
  await peer.until(/\r\n\r\n/)
  expect(peer.statuses).toEqual([status])
})

test("G9a a door that takes its time is told when the peer vanishes", async () => {
  const { server, talk } = await serve()
  const asked: PendingUpgrade[] = []
  listenForUpgrades(server, doorOf("/", { upgrade: (pending) => void asked.push(pending) }).door, open)
  const released = upgraded(server)
  const peer = talk(upgradeTo("websocket", "/ws"))
  await released
  const abandoned = new Promise<void>((resolve) => {
    for (const pending of asked) pending.onAbandoned = resolve
  })
  peer.socket.end()
  expect(await abandoned).toBeUndefined()
})

const broken = (): never => {
  throw new Error("of the core")
}

test("a door that throws gets its peer 500, and an entry in the log", async () => {
  const { server, talk } = await serve()
  const { door, failures } = doorOf("/", { upgrade: broken })
  listenForUpgrades(server, door, open)
  const peer = talk(upgradeTo("websocket", "/ws"))
  await peer.ended
  expect([peer.statuses, failures]).toEqual([[500], [expect.objectContaining({ message: "of the core" })]])
})

test("a door that answers and then throws has answered", async () => {
  const { server, talk } = await serve()
  const upgrade = (pending: PendingUpgrade): void => {
    pending.refuse({ status: 404, headers: [], body: "" })
    broken()
  }
  const { door, failures } = doorOf("/", { upgrade })
  listenForUpgrades(server, door, open)
  const peer = talk(upgradeTo("websocket", "/ws"))
  await peer.ended
  expect([peer.statuses, failures.length]).toEqual([[404], 1])
})

test("what throws when no application is left ends that connection, and goes no further", async () => {
  const { server, responses, asked, talk } = await serve()
  const detach = listenForUpgrades(server, doorOf("/").door, open)
  const peer = talk(get("/"), upgradeTo("h2c", "/"))
  await asked(1)
  detach()
  server.on("connection", broken)
  responses[0]?.end("first")
  await peer.ended
  expect(peer.received).toMatch(/first$/)
})

test("what throws while it is found out whose an upgrade is ends that connection alone", async () => {
  const { server, talk } = await serve((_, response) => response.end("plain"))
  const { door, failures } = doorOf("/", { owns: broken })
  listenForUpgrades(server, door, open)
  listenForUpgrades(server, doorOf("/other").door, open)
  const peer = talk(upgradeTo("websocket", "/ws"))
  await peer.ended
  expect([peer.received, failures.length]).toEqual(["", 1])
  const other = talk(get("/"))
  await other.until(/plain$/)
})

test.each([
  ["websocket", undefined, 1_100],
  ["h2c", undefined, 1_100],
  ["websocket", 40, 100],
])(
  "G5b an upgrade to %s with more headers than Node reads is refused: behind them may be a length (maxHeadersCount %s)",
  async (protocol, most, count) => {
    const { server, talk, responses } = await serve()
    if (most !== undefined) server.maxHeadersCount = most
    const { door, asked } = doorOf("/")
    listenForUpgrades(server, door, open)
    const body = get("/hidden")
    const headers = `${"a:b\r\n".repeat(count)}Content-Length: ${body.length}\r\n\r\n`
    const peer = talk(upgradeTo(protocol, "/ws").replace(/\r\n$/, headers), body)
    await peer.ended
    expect([peer.statuses, asked, responses]).toEqual([[431], [], []])
  },
)

test("G5b an upgrade may have as many headers as it likes where Node reads them all", async () => {
  const { server, talk } = await serve()
  server.maxHeadersCount = 0
  listenForUpgrades(server, doorOf("/").door, open)
  const peer = talk(upgradeTo("websocket", "/ws").replace(/\r\n$/, `${"a:b\r\n".repeat(1_100)}\r\n`))
  await peer.ended
  expect(peer.statuses).toEqual([403])
})
