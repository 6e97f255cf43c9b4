import type { TestClient } from "../../adapter/memory/test-client.ts"
import type { WsClient } from "../../connection/ws-client.ts"
import type { GatewayOptions } from "../../gateway/gateway-options.ts"
import { Hub } from "../../hub/hub.ts"
import type { DisconnectReason } from "../../message/disconnect-reason.ts"
import { clientFrame } from "../frame.ts"
import { deepEqual, equal } from "../expect.ts"
import { gate, scenario, type Capabilities, type Scenario, type Served } from "../scenario.ts"
import type { TcpClient } from "../tcp-client.ts"
import { gone, watched } from "../watched.ts"

/** One way in which a connection ends while a handler is running. */
interface Way {
  readonly cause: string
  readonly reason: DisconnectReason
  /** What the peer sees: the code of our Close, or of its own where it was first; 1006 for none. */
  readonly code: number
  readonly options?: GatewayOptions
  readonly needs?: Capabilities
  readonly end: (client: WsClient, peer: TestClient, served: Served) => unknown
}

const ways: readonly Way[] = [
  {
    cause: "the peer's Close",
    reason: { kind: "client", code: 4001, reason: "bye" },
    code: 4001,
    needs: "closeHandshake",
    end: (_client, peer) => void peer.close(4001, "bye"),
  },
  {
    cause: "the peer's Close without a code",
    reason: { kind: "client", code: 1005, reason: "" },
    code: 1005,
    needs: "closeHandshake",
    end: (_client, peer) => void peer.close(),
  },
  {
    cause: "client.close()",
    reason: { kind: "server", code: 4000, reason: "enough" },
    code: 4000,
    end: (client) => void client.close(4000, "enough"),
  },
  {
    cause: "client.terminate()",
    reason: { kind: "server", code: 1006, reason: "terminated" },
    code: 1006,
    end: (client) => client.terminate(),
  },
  {
    cause: "hub.disconnect()",
    reason: { kind: "server", code: 4003, reason: "banned" },
    code: 4003,
    end: (client, _peer, { app }) => app.get(Hub).disconnect({ client: client.id }, 4003, "banned"),
  },
  {
    cause: "expiresAt",
    reason: { kind: "expired" },
    code: 4401,
    end: (client, _peer, { clock }) => {
      client.extend(clock.date())
      void clock.advance(0)
    },
  },
  {
    cause: "a frame with a reserved opcode",
    reason: { kind: "protocol-error", code: 1002, message: "" },
    code: 1002,
    needs: "wire violations",
    end: (_client, peer) => (peer as TcpClient).write(clientFrame({ opcode: 3 })),
  },
  {
    cause: "text that is not UTF-8",
    reason: { kind: "protocol-error", code: 1007, message: "" },
    code: 1007,
    needs: "wire violations",
    end: (_client, peer) => (peer as TcpClient).write(clientFrame({ opcode: 1, payload: Uint8Array.of(0xff) })),
  },
  {
    cause: "a message over maxPayload",
    reason: { kind: "limit", limit: "maxPayload", code: 1009 },
    code: 1009,
    options: { maxPayload: 100 },
    needs: "violations",
    end: (_client, peer) => peer.send(new Uint8Array(101)),
  },
  {
    cause: "a message over maxFragments",
    reason: { kind: "limit", limit: "maxFragments", code: 1008 },
    code: 1008,
    options: { maxFragments: 2 },
    needs: "violations fragments",
    end: (_client, peer) => peer.send("abc", { fragments: 3 }),
  },
  {
    cause: "a message over rateLimit",
    reason: { kind: "limit", limit: "rateLimit", code: 1008 },
    code: 1008,
    options: { rateLimit: { messages: 1, per: 1_000 } },
    end: (_client, peer) => peer.send("one too many"),
  },
  {
    cause: "a heartbeat that was not answered",
    reason: { kind: "timeout" },
    code: 1006,
    end: (_client, peer, { clock }) => {
      peer.stopAnsweringPings()
      void clock.advance(45_000)
    },
  },
  {
    cause: "a loss of the network",
    reason: { kind: "lost" },
    code: 1006,
    end: (_client, peer) => peer.drop(),
  },
]

/** What can be compared of a reason: not what an adapter says in its own words. */
function comparable(reason: DisconnectReason | undefined): unknown {
  if (reason?.kind === "protocol-error") return { ...reason, message: "" }
  return reason?.kind === "lost" ? { kind: "lost" } : reason
}

/** G13a and the table of reasons: every way to end, each once. */
export const reasons: readonly Scenario[] = [
  ...ways.map(({ cause, reason, code, options = {}, needs, end }) =>
    scenario(
      "G13a",
      `${cause} ends as "${reason.kind}", once, after the last handler has settled`,
      async ({ serve }) => {
        const started = gate<WsClient>()
        const vanished = gate()
        const slow = gate()
        let settled = 0
        const gateway = watched({
          options,
          async onMessage(client) {
            started.open(client)
            await gone(client)
            vanished.open()
            await slow.promise
            settled++
          },
          onDisconnect: () => equal(settled, 1),
        })
        const served = await serve(gateway)
        const peer = await served.connect("/watched")
        peer.send("work")
        end(await started.promise, peer, served)
        equal((await peer.closed).code, code)
        await vanished.promise
        deepEqual(gateway.reasons, [])
        slow.open()
        deepEqual(comparable(await gateway.left), reason)
        await served.app.close()
        deepEqual(gateway.reasons.length, 1)
        deepEqual(served.errors, [])
        equal(served.app.metrics().closes[reason.kind], 1)
        equal(served.clock.timers, 0)
      },
      needs,
    ),
  ),

  scenario("G13a G21a", `a drain ends as "shutdown", once, after the last handler has settled`, async ({ serve }) => {
    const started = gate()
    const slow = gate()
    const order: string[] = []
    const gateway = watched({
      async onMessage() {
        started.open()
        await slow.promise
        order.push("settled")
      },
      onDisconnect: () => void order.push("disconnected"),
    })
    const { app, connect } = await serve(gateway)
    const peer = await connect("/watched")
    peer.send("work")
    await started.promise
    const closing = app.close()
    slow.open()
    equal((await peer.closed).code, 1001)
    await closing
    deepEqual(order, ["settled", "disconnected"])
    deepEqual(gateway.reasons, [{ kind: "shutdown", code: 1001 }])
  }),

  scenario("G13a G15c", `a peer that does not read ends as "slow-consumer", once`, async ({ serve }) => {
    const ended = gate<boolean>()
    const gateway = watched({
      options: { maxBackpressure: 1_000 },
      onMessage(client) {
        void client.send(new Uint8Array(8_000_000))
        void client.send(new Uint8Array(2_000)).then((taken) => ended.open(taken))
      },
    })
    const { app, connect } = await serve(gateway)
    const peer = await connect("/watched")
    peer.pauseReading()
    peer.send("go")
    equal(await ended.promise, false)
    peer.resumeReading()
    equal((await peer.closed).code, 1013)
    equal((await gateway.left).kind, "slow-consumer")
    await app.close()
    equal(gateway.reasons.length, 1)
  }),

  scenario("G13a", "what ends a connection first is its reason: a second close changes nothing", async ({ serve }) => {
    const gateway = watched({
      onMessage(client) {
        void client.close(4001, "first")
        void client.close(4002, "second")
      },
    })
    const { app, connect } = await serve(gateway)
    const peer = await connect("/watched")
    peer.send("go")
    deepEqual(await peer.closed, { code: 4001, reason: "first" })
    await app.close()
    deepEqual(gateway.reasons, [{ kind: "server", code: 4001, reason: "first" }])
  }),

  scenario("G13a", "terminate after close cuts at once, and the close is still the reason", async ({ serve }) => {
    const gateway = watched({
      async onMessage(client) {
        void client.close(4001, "first")
        await client.send("too late")
        client.terminate()
      },
    })
    const { app, connect } = await serve(gateway)
    const peer = await connect("/watched")
    peer.stopAnsweringCloses()
    peer.send("go")
    deepEqual(await gateway.left, { kind: "server", code: 4001, reason: "first" })
    await peer.closed
    await app.close()
    equal(gateway.reasons.length, 1)
  }),
]
