import { deepEqual, equal, ok, throwsCode } from "../expect.ts"
import { gate, scenario, type Scenario } from "../scenario.ts"
import { gone, watched } from "../watched.ts"

const allowed = [1000, 1001, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
const forbidden = [-1, 0, 999, 1002, 1004, 1005, 1006, 1010, 1015, 1016, 2999, 5000, 65_536, 1000.5, NaN, "1000", null]

/** What becomes of a reason that is too long: 123 bytes, on a character boundary. */
const reasons: readonly (readonly [given: string, sent: string])[] = [
  ["x".repeat(123), "x".repeat(123)],
  ["x".repeat(124), "x".repeat(123)],
  ["ä".repeat(62), "ä".repeat(61)],
  ["€".repeat(42), "€".repeat(41)],
  [`${"x".repeat(121)}😀`, "x".repeat(121)],
  [`${"x".repeat(119)}😀!`, `${"x".repeat(119)}😀`],
]

/** G17–G18: names of clients, and closing them. */
export const closing: readonly Scenario[] = [
  scenario("G17", "no two clients have the same id, nor have those of another application", async ({ serve }) => {
    const gateway = watched({ onConnect: (client) => client.send(client.id) })
    const applications = [await serve(gateway), await serve(gateway)]
    const ids = new Set<string>()
    for (const { connect } of applications) {
      for (let count = 0; count < 10; count++) ids.add(await (await connect("/watched")).nextText())
    }
    equal(ids.size, 20)
  }),

  scenario("G17", "a client keeps its id through all hooks", async ({ serve }) => {
    const ids: string[] = []
    const gateway = watched({
      onConnect: (client) => void ids.push(client.id),
      onMessage(client, message) {
        ids.push(client.id)
        return client.send(message)
      },
      onDisconnect: (client) => void ids.push(client.id),
    })
    const { connect } = await serve(gateway)
    const client = await connect("/watched")
    client.send("hello")
    equal(await client.nextText(), "hello")
    await client.close(1000)
    await gateway.left
    equal(ids.length, 3)
    equal(new Set(ids).size, 1)
  }),

  scenario("G18a", "every allowed code reaches the peer, with the reason", async ({ serve }) => {
    const { connect } = await serve({
      path: "/close",
      onMessage: (client, message) => client.close(Number(message.asText()), "because"),
    })
    for (const code of allowed) {
      const client = await connect("/close")
      client.send(String(code))
      deepEqual(await client.closed, { code, reason: "because" })
    }
  }),

  scenario("G18a", "a forbidden code throws at the call, and the client stays", async ({ serve }) => {
    const { connect, errors } = await serve({
      path: "/close",
      onMessage(client, message) {
        for (const code of forbidden) throwsCode("TONI_BAD_CLOSE_CODE", () => client.close(code as number))
        return client.send(message)
      },
    })
    const client = await connect("/close")
    client.send("still here")
    equal(await client.nextText(), "still here")
    deepEqual(errors, [])
  }),

  scenario("G18a", "a reason that is no string throws at the call, and the client stays", async ({ serve }) => {
    const { connect, errors } = await serve({
      path: "/close",
      onMessage(client, message) {
        for (const reason of [5, null, {}, new Uint8Array(3)]) {
          throwsCode("TONI_BAD_ARGUMENT", () => client.close(1000, reason as string))
        }
        return client.send(message)
      },
    })
    const client = await connect("/close")
    client.send("still here")
    equal(await client.nextText(), "still here")
    deepEqual(errors, [])
  }),

  scenario("G18a", "a reason is cut at 123 bytes, between characters", async ({ serve }) => {
    const { connect } = await serve({
      path: "/close",
      onMessage: (client, message) => client.close(4000, message.asText()),
    })
    for (const [given, sent] of reasons) {
      const client = await connect("/close")
      client.send(given)
      equal((await client.closed).reason, sent)
    }
  }),

  scenario("G18a", "close without arguments closes with 1000 and no reason", async ({ serve }) => {
    const { connect } = await serve({ path: "/close", onMessage: (client) => client.close() })
    const client = await connect("/close")
    client.send("go")
    deepEqual(await client.closed, { code: 1000, reason: "" })
  }),

  scenario(
    "G18b",
    "close resolves when the socket is gone, also within the handler that awaits it",
    async ({ serve }) => {
      const closed = gate<boolean>()
      const gateway = watched({
        async onMessage(client) {
          await client.close(4000)
          closed.open(client.signal.aborted)
        },
      })
      const { clock, connect } = await serve(gateway)
      const client = await connect("/watched")
      client.send("go")
      equal(await closed.promise, true)
      deepEqual(await gateway.left, { kind: "server", code: 4000, reason: "" })
      equal(clock.timers, 0)
    },
  ),

  scenario(
    "G18b",
    "close does not wait for handlers, nor resolve before the peer has answered",
    async ({ serve }) => {
      const slow = gate()
      const closed = gate()
      let isClosed = false
      const gateway = watched({
        async onMessage(client, message) {
          void client.close(4000).then(() => {
            isClosed = true
            closed.open()
          })
          equal(message.asText(), "go")
          await slow.promise
        },
      })
      const { connect } = await serve([
        gateway,
        { path: "/echo", onMessage: (client, message) => client.send(message) },
      ])
      const client = await connect("/watched")
      const other = await connect("/echo")
      client.pauseReading()
      client.send("go")
      for (let round = 0; round < 5; round++) {
        other.send("anything new?")
        equal(await other.nextText(), "anything new?")
      }
      equal(isClosed, false)
      client.resumeReading()
      await closed.promise
      equal(gateway.reasons.length, 0)
      slow.open()
      equal((await gateway.left).kind, "server")
    },
    "closeHandshake",
  ),

  scenario(
    "G18b",
    "a peer that does not answer our Close is cut after closeTimeout",
    async ({ serve }) => {
      const closed = gate()
      const gateway = watched({
        async onMessage(client) {
          await client.send("closing")
          await client.close(4000, "enough")
          closed.open()
        },
      })
      const { clock, connect } = await serve(gateway)
      const client = await connect("/watched")
      client.stopAnsweringCloses()
      client.send("go")
      equal(await client.nextText(), "closing")
      await clock.advance(4_999)
      equal(gateway.reasons.length, 0)
      await clock.advance(1)
      await closed.promise
      deepEqual(await client.closed, { code: 4000, reason: "enough" })
      deepEqual(await gateway.left, { kind: "server", code: 4000, reason: "enough" })
      equal(clock.timers, 0)
    },
    "closeHandshake",
  ),

  scenario("G18b", "a peer that vanishes during our Close is still one that we have closed", async ({ serve }) => {
    const closed = gate()
    const gateway = watched({
      async onMessage(client) {
        await client.send("closing")
        await client.close(4000)
        closed.open()
      },
    })
    const { clock, connect } = await serve(gateway)
    const client = await connect("/watched")
    client.stopAnsweringCloses()
    client.send("go")
    equal(await client.nextText(), "closing")
    client.drop()
    await closed.promise
    equal((await gateway.left).kind, "server")
    equal(clock.timers, 0)
  }),

  scenario(
    "G18b G13a",
    "a peer that closes and does not finish is cut within closeTimeout, and it was the one",
    async ({ serve }) => {
      const gateway = watched()
      const { clock, connect } = await serve(gateway)
      const client = await connect("/watched")
      client.pauseReading()
      void client.close(4001, "bye")
      let elapsed = 0
      while (gateway.reasons.length === 0 && elapsed < 60_000) {
        await clock.advance(1_000)
        elapsed += 1_000
      }
      deepEqual(await gateway.left, { kind: "client", code: 4001, reason: "bye" })
      ok(elapsed <= 10_000, `it took ${elapsed} ms`)
      equal(clock.timers, 0)
    },
    "wire closeHandshake",
  ),

  scenario(
    "G18b",
    "when both sides close at the same moment, each sees a Close and it ends once",
    async ({ serve }) => {
      const gateway = watched({
        async onMessage(client) {
          await client.close(4000)
          await gone(client)
        },
      })
      const { app, connect } = await serve(gateway)
      const client = await connect("/watched")
      client.send("go")
      equal((await client.close(4001)).code, 4000)
      deepEqual(await gateway.left, { kind: "server", code: 4000, reason: "" })
      await app.close()
      equal(gateway.reasons.length, 1)
    },
    "closeHandshake",
  ),
]
