import { NodeHttpAdapter, type NodeServer } from "toni/node"
import type { GatewayOptions, WebSocketAdapter, WsClient, WsHandshake, WsMessage } from "toni"
import { describe, expect, onTestFinished, test } from "vitest"
import { adapters } from "../support/adapters.ts"
import { Echo, serve, type Served } from "../support/gateways.ts"
import { connect } from "../support/peer.ts"
import { handshake, textFrame, wire, type Wire } from "../support/wire.ts"

/** A gateway at /slow whose hook waits until it is told, and which notes everything that happens. */
class Slow extends Echo {
  readonly notes: string[] = []
  readonly answered: Promise<boolean>
  answer: (verdict: boolean) => void = () => undefined
  #happened: () => void = () => undefined

  constructor(options: GatewayOptions = {}) {
    super("/slow", options)
    this.answered = new Promise((resolve) => (this.answer = resolve))
  }

  async onHandshake(handshaking: WsHandshake): Promise<boolean> {
    this.#note("asked")
    handshaking.signal.addEventListener("abort", () => this.#note("aborted"))
    return this.answered
  }

  onConnect(): void {
    this.#note("connected")
  }

  override onMessage(client: WsClient, message: WsMessage): Promise<boolean | void> {
    this.#note(`${message.byteLength > 100 ? message.byteLength : message.asText()}`)
    return super.onMessage(client, message)
  }

  #note(what: string): void {
    this.notes.push(what)
    this.#happened()
  }

  /** Waits until that was noted, so many times. */
  async until(what: string, times = 1): Promise<void> {
    while (this.notes.filter((note) => note === what).length < times) {
      await new Promise<void>((resolve) => (this.#happened = resolve))
    }
  }
}

interface Scene {
  readonly server: Served
  readonly slow: Slow
  /** What the server's own handler was asked for. */
  readonly plain: readonly string[]
  readonly wire: () => Promise<Wire>
}

/** A server under attack. When the test is over, it must still serve a good client, and have lost nothing. */
async function sceneOf(adapter: WebSocketAdapter<NodeServer>, options: GatewayOptions = {}): Promise<Scene> {
  const plain: string[] = []
  const slow = new Slow(options)
  const handler = new NodeHttpAdapter((req, res) => {
    plain.push(`${req.method} ${req.url}`)
    res.end("plain")
  })
  const rooms = new Echo("/rooms/:room")
  const server = await serve(handler, [new Echo(), slow, rooms], { handshakeTimeout: 100, ...options }, adapter)
  const wires: Wire[] = []
  onTestFinished(async () => {
    await using peer = await connect(`${server.wsUrl}/chat`)
    const echoed = await peer.ask("still there?")
    for (const each of wires) await each[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
    if (echoed !== "still there?") throw new Error("The server did not survive.")
  })
  const open = async (): Promise<Wire> => {
    const made = await wire(server.port)
    wires.push(made)
    return made
  }
  return { server, slow, plain, wire: open }
}

const next = "GET /secret HTTP/1.1\r\nHost: x\r\n\r\n"

/** The status of every answer that came, in order. */
const statuses = (received: string): number[] =>
  [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))

const flood = (count: number, text: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`x${index}`, text]))

describe.each(adapters)("the %s adapter", (_name, makeAdapter) => {
  const attacked = (options: GatewayOptions = {}): Promise<Scene> => sceneOf(makeAdapter(), options)

  test.each([
    ["nothing at all", ""],
    ["half a request line", "GET /ch"],
    ["half a head", handshake("/chat").slice(0, -10)],
    ["a head without its last line", handshake("/chat").slice(0, -2)],
  ])("G20c %s and then silence is ended within handshakeTimeout", async (_, sent) => {
    const scene = await attacked()
    const raw = await scene.wire()
    raw.send(sent)
    const begin = performance.now()
    expect(statuses(await raw.ended)).not.toContain(101)
    expect(performance.now() - begin).toBeLessThan(2_000)
  })

  test("G20c a head that comes byte by byte is ended within handshakeTimeout too", async () => {
    const scene = await attacked()
    const raw = await scene.wire()
    raw.send("GET /chat HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    const trickle = setInterval(() => raw.send("x"), 10)
    onTestFinished(() => clearInterval(trickle))
    expect(statuses(await raw.ended)).toEqual([408])
  })

  test.each<[string, string, number]>([
    ["on an unknown path", handshake("/nowhere"), 404],
    ["from a foreign page", handshake("/chat", { Origin: "https://evil.com" }), 403],
    ["of another version", handshake("/chat", { "Sec-WebSocket-Version": "8" }), 426],
    ["without a key", handshake("/chat", { "Sec-WebSocket-Key": "" }), 400],
    ["of HTTP/1.0", handshake("/chat").replace("HTTP/1.1", "HTTP/1.0"), 400],
    ["by POST", handshake("/chat").replace("GET", "POST"), 405],
  ])("G5b a refused upgrade %s closes, and what is pipelined behind it is never answered", async (_, head, status) => {
    const scene = await attacked()
    const raw = await scene.wire()
    raw.send(head, next, next)
    const received = await raw.ended
    expect(statuses(received)).toEqual([status])
    expect(received).toMatch(/^connection: close\r$/im)
    expect(scene.plain).toEqual([])
  })

  test("G5b a request that is pipelined while the hook still runs is never answered either", async () => {
    const scene = await attacked({ handshakeTimeout: 5_000 })
    const raw = await scene.wire()
    raw.send(handshake("/slow"), next)
    await scene.slow.until("asked")
    raw.send(next)
    scene.slow.answer(false)
    expect([statuses(await raw.ended), scene.plain]).toEqual([[403], []])
  })

  test("G5b an upgrade behind a plain request on the same connection is an upgrade", async () => {
    const scene = await attacked()
    const raw = await scene.wire()
    raw.send(next, handshake("/chat"), textFrame("hi"))
    expect(statuses(await raw.until(/hi$/))).toEqual([200, 101])
  })

  test.each<[string, Record<string, string>, string]>([
    ["of a length", { "Content-Length": String(next.length) }, next],
    ["in chunks", { "Transfer-Encoding": "chunked" }, `${next.length.toString(16)}\r\n${next}\r\n0\r\n\r\n`],
    ["that is announced and does not come", { "Content-Length": "5" }, ""],
  ])("G5a an upgrade with a body %s gets 400, and the body is no request", async (_, headers, body) => {
    const scene = await attacked()
    const raw = await scene.wire()
    raw.send(handshake("/chat", headers), body, next)
    expect([statuses(await raw.ended), scene.plain]).toEqual([[400], []])
  })

  test.each<[string, (raw: Wire) => void]>([
    ["resets the connection", ({ socket }) => void socket.resetAndDestroy()],
    ["says that it is done", ({ socket }) => void socket.end()],
  ])("G9a a peer that %s while the hook runs is given up: no onConnect, its slot is free", async (_, vanish) => {
    const scene = await attacked({ handshakeTimeout: 5_000, maxConnections: 1 })
    const raw = await scene.wire()
    raw.send(handshake("/slow"), textFrame("never read"))
    await scene.slow.until("asked")
    vanish(raw)
    await scene.slow.until("aborted")
    scene.slow.answer(true)
    await using peer = await connect(`${scene.server.wsUrl}/slow`)
    expect(await peer.ask("hi")).toBe("hi")
    expect(scene.slow.notes).toEqual(["asked", "aborted", "asked", "connected", "hi"])
  })

  test("G9a a peer that sends more than is kept and vanishes is given up within handshakeTimeout", async () => {
    const scene = await attacked({ handshakeTimeout: 200, maxConnections: 1 })
    const raw = await scene.wire()
    raw.send(handshake("/slow"), ...Array.from({ length: 100 }, () => textFrame("x".repeat(1_000))))
    await scene.slow.until("asked")
    raw.socket.resetAndDestroy()
    await scene.slow.until("aborted")
    scene.slow.answer(true)
    await using peer = await connect(`${scene.server.wsUrl}/slow`)
    expect(await peer.ask("hi")).toBe("hi")
  })

  test("G6b a hook that does not settle is ended with 503 within handshakeTimeout, and its answer comes too late", async () => {
    const scene = await attacked()
    const raw = await scene.wire()
    raw.send(handshake("/slow"))
    const received = await raw.ended
    scene.slow.answer(true)
    await scene.slow.answered
    expect([statuses(received), scene.slow.notes]).toEqual([[503], ["asked", "aborted"]])
    expect(scene.server.errors).toMatchObject([{ phase: "handshake", error: { code: "TONI_HOOK_TIMEOUT" } }])
  })

  test("G9a frames in the segment of the request are delivered in order", async () => {
    const scene = await attacked()
    const raw = await scene.wire()
    raw.send(handshake("/chat"), textFrame("1"), textFrame("2"), textFrame("3"))
    expect(await raw.until(/\r\n\r\n[^]{9}$/)).toMatch(/1..2..3$/s)
  })

  test("G9a frames in the segment of the request wait for an async hook, with those that follow", async () => {
    const scene = await attacked({ handshakeTimeout: 5_000 })
    const raw = await scene.wire()
    const third = textFrame("3")
    raw.send(handshake("/slow"), textFrame("1"), textFrame("2"), third.subarray(0, 3))
    await scene.slow.until("asked")
    raw.send(third.subarray(3))
    scene.slow.answer(true)
    await scene.slow.until("3")
    raw.send(textFrame("4"))
    await scene.slow.until("4")
    expect(scene.slow.notes).toEqual(["asked", "connected", "1", "2", "3", "4"])
  })

  test("G9a more than 64 KiB of early frames are delivered in order, none lost", async () => {
    const scene = await attacked({ handshakeTimeout: 5_000 })
    const raw = await scene.wire()
    const sizes = Array.from({ length: 300 }, (_, index) => 1_000 + index)
    raw.send(handshake("/slow"), ...sizes.map((size) => textFrame("x".repeat(size))))
    await scene.slow.until("asked")
    scene.slow.answer(true)
    raw.send(textFrame("end"))
    await scene.slow.until("end")
    expect(scene.slow.notes).toEqual(["asked", "connected", ...sizes.map(String), "end"])
  })

  test.each<[string, string, RegExp]>([
    ["in absolute form, with a user", "http://user@localhost/chat", /400/],
    ["in absolute form, of another scheme", "ftp://localhost/chat", /400/],
    ["in absolute form, of a path that is nobody's", "http://localhost/nowhere", /404/],
    ["with a fragment", "/chat#x", /400/],
    ["with a host in front", "//evil.com/chat", /404/],
    ["with dot segments", "/x/../chat", /404/],
    ["with dot segments for a parameter", "/rooms/..", /400/],
    ["with encoded dot segments for a parameter", "/rooms/%2e%2e", /400/],
    ["with an encoded letter", "/%63hat", /404/],
    ["with an encoded slash", "/chat%2f", /404/],
    ["with an encoded NUL", "/rooms/a%00b", /400/],
    ["with a broken encoding", "/rooms/%", /400/],
    ["with bytes that are not UTF-8", "/rooms/%ff", /400/],
    ["with a NUL", "/rooms/a\0b", /400/],
    ["with a line break", "/rooms/a\nb", /400/],
    ["with a backslash", "/rooms\\a", /40[04]/],
    ["that is a star", "*", /400/],
    ["that is empty", "", /400/],
    ["of 9 KB", `/chat/${"x".repeat(9_000)}`, /404/],
    ["of 9,000 segments", "/a".repeat(4_500), /404/],
    ["of 20 KB", `/rooms/${"x".repeat(20_000)}`, /431/],
  ])("G5a a target %s is refused, and the connection ended", async (_, target, status) => {
    const scene = await attacked()
    const raw = await scene.wire()
    raw.send(handshake(target), next)
    const received = statuses(await raw.ended)
    expect([received.length, String(received[0])]).toEqual([1, expect.stringMatching(status)])
    expect(scene.plain).toEqual([])
  })

  test("G4 a parameter of 9 KB is a parameter", async () => {
    const scene = await attacked()
    const raw = await scene.wire()
    raw.send(handshake(`/rooms/${"x".repeat(9_000)}`), textFrame("hi"))
    expect(statuses(await raw.until(/hi$/))).toEqual([101])
  })

  test.each<[string, string]>([
    ["thousands of headers", handshake("/chat", flood(5_000, "1"))],
    ["huge headers", handshake("/chat", flood(20, "x".repeat(2_000)))],
    ["one huge header", handshake("/chat", { "X-Huge": "x".repeat(100_000) })],
    ["a header that never ends", `GET /chat HTTP/1.1\r\nHost: x\r\nX-Huge: ${"x".repeat(100_000)}`],
  ])("G5a a request with %s is refused, and the connection ended", async (_, head) => {
    const scene = await attacked()
    const raw = await scene.wire()
    raw.send(head)
    expect(statuses(await raw.ended)).toEqual([431])
  })

  test("G5a headers that Node drops behind the first thousand do not make a handshake of what is none", async () => {
    const scene = await attacked()
    const raw = await scene.wire()
    const filler = Array.from({ length: 2_100 }, () => "a:b\r\n").join("")
    raw.send(handshake("/chat").replace("Sec-WebSocket-Key", `${filler}Sec-WebSocket-Key`), next)
    expect(statuses(await raw.ended)[0]).toBe(431)
  })

  test.each(["/chat", "/nowhere", "/slow"])("a peer that resets at once on %s leaves nothing behind", async (path) => {
    const scene = await attacked()
    const raw = await scene.wire()
    raw.send(handshake(path), textFrame("x"))
    raw.socket.resetAndDestroy()
    await raw.ended
    scene.slow.answer(true)
    await using peer = await connect(`${scene.server.wsUrl}/slow`)
    expect(await peer.ask("hi")).toBe("hi")
  })

  test("G5b a peer that has said that it is done still reads why it was refused", async () => {
    const scene = await attacked()
    const raw = await scene.wire()
    raw.send(handshake("/nowhere"))
    raw.socket.end()
    expect(await raw.ended).toMatch(/^HTTP\/1.1 404 [^]*There is no gateway on this path\.$/)
  })
})
