import type { DisconnectReason } from "../../message/disconnect-reason.ts"
import { WsMessage } from "../../message/ws-message.ts"
import { settled } from "../../testing/test-clock.ts"
import { deepEqual, equal, refusedWith } from "../expect.ts"
import { gate, scenario, type Scenario } from "../scenario.ts"

/** G21: the end of an application, in an order that loses nothing. */
export const shutdown: readonly Scenario[] = [
  scenario("G21a G5a", "while the application drains, an upgrade is refused with 503", async ({ serve }) => {
    const handling = gate()
    const started = gate()
    const { app, connect, connectEarly } = await serve({
      path: "/work",
      async onMessage() {
        started.open()
        await handling.promise
      },
    })
    const peer = await connect("/work")
    const connectLater = await connectEarly()
    peer.send("go")
    await started.promise
    const closing = app.close()
    const refused = await refusedWith(connectLater("/work"))
    equal(refused.status, 503)
    equal(typeof refused.headers["retry-after"], "string")
    handling.open()
    await closing
  }),

  scenario("G21a", "what runs and what is queued is handled and sent before the Close with 1001", async ({ serve }) => {
    const handling = gate()
    const started = gate()
    const events: string[] = []
    const { app, connect } = await serve({
      path: "/work",
      async onMessage(client, message) {
        started.open()
        await handling.promise
        await client.send(`did ${message.asText()}`)
      },
      onDisconnect: (_client, reason: DisconnectReason) => void events.push(reason.kind),
    })
    const peer = await connect("/work")
    for (const text of ["one", "two", "three"]) peer.send(text)
    await started.promise
    // What was sent before a ping has been read when its pong is there.
    peer.send(WsMessage.ping())
    await peer.nextControl()
    const closing = app.close().then(() => events.push("closed"))
    handling.open()
    deepEqual(
      [await peer.nextText(), await peer.nextText(), await peer.nextText()],
      ["did one", "did two", "did three"],
    )
    equal((await peer.closed).code, 1001)
    await closing
    deepEqual(events, ["shutdown", "closed"])
  }),

  scenario("G21a", "the close code can be 1012, service restart", async ({ serve }) => {
    const reasons: DisconnectReason[] = []
    const { app, connect } = await serve({
      path: "/work",
      onMessage: () => undefined,
      onDisconnect: (_client, reason) => void reasons.push(reason),
    })
    const peer = await connect("/work")
    await app.close({ code: 1012 })
    equal((await peer.closed).code, 1012)
    deepEqual(reasons, [{ kind: "shutdown", code: 1012 }])
  }),

  scenario("G21a", "clients are closed over the window, not all at once", async ({ serve }) => {
    const { app, clock, connect } = await serve({ path: "/work", onMessage: () => undefined })
    const peers = await Promise.all(Array.from({ length: 10 }, () => connect("/work")))
    const closing = app.close({ window: 1_000 })
    equal((await peers.at(0)?.closed)?.code, 1001)
    equal(peers.at(-1)?.isOpen, true)
    await clock.advance(1_000)
    deepEqual(new Set((await Promise.all(peers.map((peer) => peer.closed))).map(({ code }) => code)), new Set([1001]))
    await closing
  }),

  scenario(
    "G21a G21b",
    "who does not settle within the timeout is reported and closed with 1001, and still disconnects once",
    async ({ serve }) => {
      const started = gate()
      const reasons: DisconnectReason[] = []
      const { app, clock, connect, errors } = await serve({
        path: "/work",
        async onMessage() {
          started.open()
          await new Promise(() => undefined)
        },
        onDisconnect: (_client, reason) => void reasons.push(reason),
      })
      const peer = await connect("/work")
      peer.send("never done")
      await started.promise
      const closing = app.close({ timeout: 2_000 })
      await clock.advance(2_000)
      equal((await peer.closed).code, 1001)
      deepEqual(await closing, { clients: 1, abandoned: 1, dropped: 0, failures: [] })
      deepEqual(reasons, [{ kind: "shutdown", code: 1001 }])
      deepEqual(
        errors.map(({ phase }) => phase),
        ["message"],
      )
    },
  ),

  scenario(
    "G21b",
    "a second close answers the first one's promise, and says what became of everything",
    async ({ serve }) => {
      const { app, connect } = await serve({ path: "/work", onMessage: () => undefined })
      await Promise.all([connect("/work"), connect("/work")])
      const closing = app.close()
      equal(app.close({ code: 1012 }), closing)
      deepEqual(await closing, { clients: 2, abandoned: 0, dropped: 0, failures: [] })
    },
  ),

  scenario("G21b", "nothing is left of it afterwards: no timer, no client", async ({ serve }) => {
    const { app, clock, connect } = await serve({
      path: "/work",
      onConnect: (client) => client.subscribe("all"),
      onMessage: () => undefined,
    })
    await Promise.all([connect("/work"), connect("/work")])
    await app.close()
    equal(clock.timers, 0)
    equal(app.metrics().connections, 0)
  }),

  scenario("G21a", "a big message that is on its way is sent to its end before the Close", async ({ serve }) => {
    const size = 8 * 1_048_576
    const { app, connect } = await serve({
      path: "/work",
      onConnect: (client) => void client.send(WsMessage.binary(new Uint8Array(size))),
      onMessage: () => undefined,
    })
    const peer = await connect("/work")
    await settled()
    const closing = app.close()
    equal((await peer.nextMessage()).byteLength, size)
    equal((await peer.closed).code, 1001)
    await closing
  }),

  scenario("G21a", "a synchronous handler may close the application: its client gets a Close", async ({ serve }) => {
    const closing = gate<unknown>()
    const served = await serve({ path: "/work", onMessage: () => closing.open(served.app.close()) })
    const peer = await served.connect("/work")
    peer.send("that is all")
    equal((await peer.closed).code, 1001)
    deepEqual(await closing.promise, { clients: 1, abandoned: 0, dropped: 0, failures: [] })
  }),
]
