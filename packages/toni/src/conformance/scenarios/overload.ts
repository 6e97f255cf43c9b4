import { WsMessage } from "../../message/ws-message.ts"
import { deepEqual, equal, ok } from "../expect.ts"
import { gate, scenario, type Scenario } from "../scenario.ts"
import { allRead, gone, watched } from "../watched.ts"

/** G12c: messages that come faster than they are handled. */
export const overload: readonly Scenario[] = [
  scenario(
    "G12c",
    "two hundred messages that come while a handler is slow are all handled",
    async ({ serve }) => {
      const slow = gate()
      const seen: number[] = []
      const { connect } = await serve({
        path: "/chat",
        async onMessage(client, message) {
          if (seen.length === 0) await slow.promise
          if (seen.push(Number(message.asText())) === 200) await client.send("done")
        },
      })
      const client = await connect("/chat")
      const numbers = Array.from({ length: 200 }, (_, index) => index)
      for (const number of numbers) client.send(String(number))
      slow.open()
      equal(await client.nextText(), "done")
      deepEqual(seen, numbers)
    },
    "pause",
  ),

  scenario(
    "G12c",
    "above the high-water mark nothing more is read, and afterwards the rest is",
    async ({ serve }) => {
      const slow = gate()
      const started = gate()
      let handled = 0
      const { app, connect } = await serve([
        {
          path: "/slow",
          options: { inbox: { messages: 4 } },
          async onMessage(client) {
            started.open()
            if (handled === 0) await slow.promise
            if (++handled === 100) await client.send("done")
          },
        },
        watched(),
      ])
      const client = await connect("/slow")
      const other = await connect("/watched")
      const big = new Uint8Array(32_768)
      for (let count = 0; count < 100; count++) client.send(big)
      await started.promise
      for (let round = 0; round < 20; round++) {
        other.send("anything new?")
        equal(await other.nextText(), "anything new?")
      }
      // One runs, four wait, and one read may have held some more.
      ok(app.metrics().messagesIn - 20 < 50, `${app.metrics().messagesIn - 20} messages were read`)
      slow.open()
      equal(await client.nextText(), "done")
    },
    "pause",
  ),

  scenario(
    "G12c",
    "the bytes that wait count as well as the messages",
    async ({ serve }) => {
      const slow = gate()
      const started = gate()
      let handled = 0
      const { app, connect } = await serve([
        {
          path: "/slow",
          options: { inbox: { bytes: 100_000 } },
          async onMessage(client) {
            started.open()
            if (handled === 0) await slow.promise
            if (++handled === 50) await client.send("done")
          },
        },
        watched(),
      ])
      const client = await connect("/slow")
      const other = await connect("/watched")
      for (let count = 0; count < 50; count++) client.send(new Uint8Array(32_768))
      await started.promise
      for (let round = 0; round < 20; round++) {
        other.send("anything new?")
        equal(await other.nextText(), "anything new?")
      }
      ok(app.metrics().messagesIn - 20 < 20, `${app.metrics().messagesIn - 20} messages were read`)
      slow.open()
      equal(await client.nextText(), "done")
    },
    "pause",
  ),

  scenario(
    "G12c",
    "no client is cut because our handler is slow: we ping on, and await no pong",
    async ({ serve }) => {
      const slow = gate()
      const started = gate()
      let handled = 0
      const { clock, connect } = await serve({
        path: "/slow",
        options: { inbox: { messages: 2 }, heartbeat: { interval: 10_000, timeout: 5_000 } },
        async onMessage(client) {
          started.open()
          await slow.promise
          if (++handled === 4) await client.send("done")
        },
      })
      const client = await connect("/slow")
      client.stopAnsweringPings()
      for (let count = 0; count < 4; count++) client.send("message")
      await started.promise
      await clock.advance(60_000)
      for (let count = 0; count < 5; count++) equal((await client.nextControl()).kind, "ping")
      slow.open()
      equal(await client.nextText(), "done")
    },
    "pause",
  ),

  scenario(
    "G12c",
    "when reading goes on, the peer has the whole pong timeout again",
    async ({ serve }) => {
      const slow = gate()
      const started = gate()
      const gateway = watched({
        options: { inbox: { messages: 2 }, heartbeat: { interval: 10_000, timeout: 5_000 } },
        async onMessage(client, message) {
          started.open()
          await slow.promise
          if (message.asText() === "4") await client.send("done")
        },
      })
      const { clock, connect } = await serve(gateway)
      const client = await connect("/watched")
      client.stopAnsweringPings()
      for (const text of ["1", "2", "3", "4"]) client.send(text)
      await started.promise
      await clock.advance(14_000)
      equal((await client.nextControl()).kind, "ping")
      slow.open()
      equal(await client.nextText(), "done")
      await clock.advance(4_000)
      ok(client.isOpen)
      client.send(WsMessage.pong())
      await allRead(client)
      equal(gateway.reasons.length, 0)
    },
    "pause",
  ),

  scenario(
    "G12c G13a",
    "a peer that vanishes while reading is paused is lost",
    async ({ serve }) => {
      const slow = gate()
      const started = gate()
      const gateway = watched({
        options: { inbox: { messages: 2 }, heartbeat: { interval: 1_000, timeout: 1_000 } },
        async onMessage() {
          started.open()
          await slow.promise
        },
      })
      const { app, clock, connect } = await serve(gateway)
      const client = await connect("/watched")
      for (let count = 0; count < 4; count++) client.send("message")
      await started.promise
      client.drop()
      for (let second = 0; second < 5; second++) await clock.advance(1_000)
      slow.open()
      equal((await gateway.left).kind, "lost")
      await app.close()
      equal(gateway.reasons.length, 1)
    },
    "pause",
  ),

  scenario(
    "G12c",
    "our pings show that a peer is gone which we do not read",
    async ({ serve }) => {
      const started = gate()
      const vanished = gate()
      const gateway = watched({
        options: { inbox: { messages: 2 }, heartbeat: { interval: 1_000, timeout: 1_000 } },
        async onMessage(client) {
          client.signal.addEventListener("abort", () => vanished.open())
          started.open()
          await vanished.promise
        },
      })
      const { clock, connect } = await serve(gateway)
      const client = await connect("/watched")
      for (let count = 0; count < 4; count++) client.send("message")
      await started.promise
      client.drop()
      for (let second = 0; second < 5; second++) await clock.advance(1_000)
      await vanished.promise
      equal((await gateway.left).kind, "lost")
    },
    "wire pause",
  ),

  scenario(
    "G12c",
    "where reading cannot pause, an inbox over its mark closes the client with 1013, and nothing is hoarded",
    async ({ serve }) => {
      const started = gate()
      const seen: unknown[] = []
      const gateway = watched({
        options: { inbox: { messages: 4 } },
        async onMessage(client, message) {
          seen.push(message.asText())
          started.open()
          await gone(client)
        },
      })
      const { app, connect } = await serve(gateway)
      const client = await connect("/watched")
      client.send("one")
      await started.promise
      for (const text of ["two", "three", "four", "five", "six"]) client.send(text)
      equal((await client.closed).code, 1013)
      deepEqual(await gateway.left, { kind: "limit", limit: "inbox", code: 1013 })
      deepEqual(seen, ["one"])
      equal(app.metrics().closes.limit, 1)
    },
    "!pause",
  ),

  scenario(
    "G12c",
    "where reading cannot pause, an inbox below its mark is handled",
    async ({ serve }) => {
      const started = gate()
      const slow = gate()
      const { connect } = await serve({
        path: "/chat",
        options: { inbox: { messages: 4 } },
        async onMessage(client, message) {
          started.open()
          await slow.promise
          await client.send(message)
        },
      })
      const client = await connect("/chat")
      client.send("one")
      await started.promise
      for (const text of ["two", "three", "four"]) client.send(text)
      await allRead(client)
      slow.open()
      for (const text of ["one", "two", "three", "four"]) equal(await client.nextText(), text)
    },
    "!pause",
  ),

  scenario(
    "G12c G21a",
    "where reading cannot pause, a drain ignores what still comes",
    async ({ serve }) => {
      const started = gate()
      const slow = gate()
      const seen: unknown[] = []
      const { app, connect } = await serve({
        path: "/chat",
        async onMessage(_client, message) {
          seen.push(message.asText())
          started.open()
          await slow.promise
        },
      })
      const client = await connect("/chat")
      client.send("in time")
      await started.promise
      const closing = app.close()
      for (let count = 0; count < 100; count++) client.send("late")
      await allRead(client)
      slow.open()
      equal((await client.closed).code, 1001)
      await closing
      deepEqual(seen, ["in time"])
    },
    "!pause",
  ),
]
