import type { DisconnectReason } from "../../message/disconnect-reason.ts"
import type { WsMessage } from "../../message/ws-message.ts"
import { deepEqual, equal, ok, refusedWith } from "../expect.ts"
import { gate, scenario, type Scenario } from "../scenario.ts"

const echo = {
  path: "/echo",
  onMessage: (client: { send(message: WsMessage): Promise<boolean> }, message: WsMessage) => client.send(message),
}

/** An echo that hands the reason of a disconnect to the scenario. */
function echoTelling(): typeof echo & {
  onDisconnect(client: unknown, reason: DisconnectReason): void
  reason: Promise<DisconnectReason>
} {
  const left = gate<DisconnectReason>()
  return { ...echo, onDisconnect: (_client, reason) => left.open(reason), reason: left.promise }
}

/** G20: every limit on both sides of its edge, and the heartbeat. */
export const limits: readonly Scenario[] = [
  scenario(
    "G20a",
    "a message of exactly maxPayload is taken, one byte more closes with 1009",
    async ({ serve }) => {
      const gateway = echoTelling()
      const { connect } = await serve(gateway, { defaults: { maxPayload: 1_000 } })
      const peer = await connect("/echo")
      peer.send(new Uint8Array(1_000))
      equal((await peer.nextMessage()).byteLength, 1_000)
      peer.send(new Uint8Array(1_001))
      equal((await peer.closed).code, 1009)
      deepEqual(await gateway.reason, { kind: "limit", limit: "maxPayload", code: 1009 })
    },
    "violations",
  ),

  scenario(
    "G20a",
    "maxPayload counts a message in fragments as a whole",
    async ({ serve }) => {
      const gateway = echoTelling()
      const { connect } = await serve(gateway, { defaults: { maxPayload: 1_000 } })
      const peer = await connect("/echo")
      peer.send(new Uint8Array(1_000), { fragments: 4 })
      equal((await peer.nextMessage()).byteLength, 1_000)
      peer.send(new Uint8Array(1_200), { fragments: 4 })
      equal((await peer.closed).code, 1009)
      equal((await gateway.reason).kind, "limit")
    },
    "violations",
  ),

  scenario(
    "G20a",
    "a message of exactly maxFragments frames is taken, one more closes with 1008",
    async ({ serve }) => {
      const gateway = echoTelling()
      const { connect } = await serve(gateway, { defaults: { maxFragments: 3 } })
      const peer = await connect("/echo")
      peer.send("abc", { fragments: 3 })
      equal(await peer.nextText(), "abc")
      peer.send("abcd", { fragments: 4 })
      equal((await peer.closed).code, 1008)
      deepEqual(await gateway.reason, { kind: "limit", limit: "maxFragments", code: 1008 })
    },
    "violations fragments",
  ),

  scenario(
    "G20a",
    "a limit that one client breaks leaves the others alone",
    async ({ serve }) => {
      const { connect } = await serve(echo, { defaults: { maxPayload: 10 } })
      const good = await connect("/echo")
      const bad = await connect("/echo")
      bad.send(new Uint8Array(11))
      equal((await bad.closed).code, 1009)
      good.send("still here")
      equal(await good.nextText(), "still here")
    },
    "violations",
  ),

  scenario(
    "G20a G5a",
    "over maxConnections an upgrade is refused with 503, until somebody leaves",
    async ({ serve }) => {
      const gateway = echoTelling()
      const { connect } = await serve(gateway, { defaults: { maxConnections: 1 } })
      const first = await connect("/echo")
      const refused = await refusedWith(connect("/echo"))
      equal(refused.status, 503)
      ok(refused.headers["retry-after"])
      await first.close(1000)
      await gateway.reason
      const second = await connect("/echo")
      second.send("in")
      equal(await second.nextText(), "in")
    },
  ),

  scenario("G20a G5a", "over maxConnectionsPerAddress it is refused with 429, for that address", async ({ serve }) => {
    const { connect } = await serve(echo, { defaults: { maxConnectionsPerAddress: 1 } })
    await connect("/echo", { remoteAddress: "127.0.0.2" })
    equal((await refusedWith(connect("/echo", { remoteAddress: "127.0.0.2" }))).status, 429)
    const other = await connect("/echo", { remoteAddress: "127.0.0.3" })
    other.send("in")
    equal(await other.nextText(), "in")
  }),

  scenario("G20a", "over rateLimit a client is closed with 1008; within it time refills", async ({ serve }) => {
    const gateway = echoTelling()
    const { clock, connect } = await serve(gateway, { defaults: { rateLimit: { messages: 2, per: 1_000, burst: 3 } } })
    const peer = await connect("/echo")
    for (const text of ["one", "two", "three"]) peer.send(text)
    equal(await peer.nextText(), "one")
    equal(await peer.nextText(), "two")
    equal(await peer.nextText(), "three")
    await clock.advance(500)
    peer.send("refilled")
    equal(await peer.nextText(), "refilled")
    peer.send("too much")
    equal((await peer.closed).code, 1008)
    deepEqual(await gateway.reason, { kind: "limit", limit: "rateLimit", code: 1008 })
  }),

  scenario("G7b G20a", "over rateLimit a client that offers toni is closed with 4429", async ({ serve }) => {
    const gateway = echoTelling()
    const { connect } = await serve(gateway, { defaults: { rateLimit: { messages: 1, per: 60_000 } } })
    const peer = await connect("/echo", { protocols: ["toni"] })
    peer.send("one")
    equal(await peer.nextText(), "one")
    peer.send("too much")
    deepEqual(await peer.closed, { code: 4429, reason: "retry-after=60; rate limit" })
    deepEqual(await gateway.reason, { kind: "limit", limit: "rateLimit", code: 4429 })
  }),

  scenario("G20b", "a silent peer is pinged after the interval, and one that answers stays", async ({ serve }) => {
    const { clock, connect } = await serve(echo)
    const peer = await connect("/echo")
    for (let minute = 0; minute < 3; minute++) {
      const heard = peer.nextControl()
      await clock.advance(31_000)
      equal((await heard).kind, "ping")
      // The answer is in when what was sent after it is.
      peer.send("pong is before this")
      await peer.nextText()
    }
    ok(peer.isOpen)
  }),

  scenario("G20b", "a peer that answers no ping is cut after the timeout, within a second", async ({ serve }) => {
    const gateway = echoTelling()
    const { clock, connect } = await serve(gateway)
    const peer = await connect("/echo")
    peer.stopAnsweringPings()
    const heard = peer.nextControl()
    await clock.advance(31_000)
    equal((await heard).kind, "ping")
    await clock.advance(8_000)
    ok(peer.isOpen, "there is still time")
    await clock.advance(3_000)
    equal((await peer.closed).code, 1006)
    deepEqual(await gateway.reason, { kind: "timeout" })
  }),

  scenario("G20b", "any traffic counts as life, so who talks is not pinged", async ({ serve }) => {
    const { clock, connect } = await serve(echo)
    const peer = await connect("/echo")
    await clock.advance(25_000)
    peer.send("alive")
    equal(await peer.nextText(), "alive")
    const heard = peer.nextControl()
    let isPinged = false
    heard.then(
      () => (isPinged = true),
      () => undefined,
    )
    await clock.advance(25_000)
    equal(isPinged, false)
    await clock.advance(6_000)
    equal((await heard).kind, "ping")
  }),

  scenario("G20b", "one timer serves all connections, and none is left without any", async ({ serve }) => {
    const gone = gate()
    let left = 0
    const { clock, connect } = await serve({ ...echo, onDisconnect: () => void (++left === 20 && gone.open()) })
    const before = clock.timers
    const peers = await Promise.all(Array.from({ length: 20 }, () => connect("/echo")))
    equal(clock.timers - before, 1)
    await Promise.all(peers.map((peer) => peer.close(1000)))
    await gone.promise
    equal(clock.timers, before)
  }),

  scenario(
    "G20d",
    "a gateway's option comes before the application's, and both before the built-in one",
    async ({ serve }) => {
      const { app, connect } = await serve(
        [
          { ...echo, path: "/small", options: { maxPayload: 10 } },
          { ...echo, path: "/usual" },
        ],
        { defaults: { maxPayload: 20, closeTimeout: 1_000 } },
      )
      deepEqual(
        app.gateways.map(({ path, options }) => [path, options.maxPayload, options.closeTimeout, options.maxFragments]),
        [
          ["/small", 10, 1_000, 4_096],
          ["/usual", 20, 1_000, 4_096],
        ],
      )
      const [small, usual] = await Promise.all([connect("/small"), connect("/usual")])
      for (const peer of [small, usual]) peer.send(new Uint8Array(15))
      equal((await small.closed).code, 1009)
      equal((await usual.nextMessage()).byteLength, 15)
    },
    "violations",
  ),
]
