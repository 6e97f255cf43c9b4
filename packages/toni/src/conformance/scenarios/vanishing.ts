import type { WsHandshake } from "../../gateway/ws-handshake.ts"
import { deepEqual, equal, refusedWith } from "../expect.ts"
import { clientFrame, opcode } from "../frame.ts"
import { gate, scenario, type Scenario } from "../scenario.ts"

/** Resolves when the signal has aborted. */
function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()))
}

/** G9a: peers that vanish while `onHandshake` runs. */
export const vanishing: readonly Scenario[] = [
  scenario(
    "G9a G9b",
    "a peer that vanishes aborts the signal, frees its slot, and is never let in",
    async ({ serve }) => {
      const asked = gate<WsHandshake>()
      const deciding = gate<boolean>()
      const connected: string[] = []
      const { connect } = await serve({
        path: "/:who",
        options: { maxConnections: 1 },
        onHandshake(handshake) {
          if (handshake.params["who"] === "next") return true
          asked.open(handshake)
          return deciding.promise
        },
        onConnect: (client) => void connected.push(client.params["who"] ?? ""),
        onMessage: (client, message) => client.send(message),
      })
      const leaving = new AbortController()
      const vanishing = connect("/vanishing", { signal: leaving.signal }).catch(() => "gone")
      const { signal } = await asked.promise
      leaving.abort()
      await aborted(signal)
      equal(await vanishing, "gone")
      deciding.open(true)
      const next = await connect("/next")
      next.send("hello")
      equal(await next.nextText(), "hello")
      deepEqual(connected, ["next"])
    },
  ),

  scenario("G9a G6b", "a hook that fails because its peer vanished disturbs nobody", async ({ serve }) => {
    const asked = gate<WsHandshake>()
    const { connect, errors } = await serve({
      path: "/:who",
      async onHandshake(handshake) {
        if (handshake.params["who"] === "next") return true
        asked.open(handshake)
        await aborted(handshake.signal)
        throw new Error("cancelled")
      },
      onMessage: (client, message) => client.send(message),
    })
    const leaving = new AbortController()
    const vanishing = connect("/vanishing", { signal: leaving.signal }).catch(() => "gone")
    await asked.promise
    leaving.abort()
    equal(await vanishing, "gone")
    const next = await connect("/next")
    next.send("hello")
    equal(await next.nextText(), "hello")
    deepEqual(
      errors.map(({ error }) => String(error)),
      ["Error: cancelled"],
    )
  }),

  scenario("G9a", "the signal of a handshake that was answered does not abort", async ({ serve }) => {
    const signals: AbortSignal[] = []
    const left = gate()
    const { connect } = await serve({
      path: "/:who",
      onHandshake({ params, signal }) {
        signals.push(signal)
        return Promise.resolve(params["who"] === "in")
      },
      onMessage() {},
      onDisconnect: () => left.open(),
    })
    await refusedWith(connect("/out"))
    await (await connect("/in")).close(1000)
    await left.promise
    deepEqual(
      signals.map((signal) => signal.aborted),
      [false, false],
    )
  }),

  scenario(
    "G9a",
    "a peer that sends messages and vanishes behind them is noticed",
    async ({ serve }) => {
      const asked = gate<WsHandshake>()
      const seen: string[] = []
      const { connect } = await serve({
        path: "/chat",
        onHandshake(handshake) {
          asked.open(handshake)
          return new Promise<boolean>(() => undefined)
        },
        onConnect: () => void seen.push("connect"),
        onMessage: () => void seen.push("message"),
      })
      const leaving = new AbortController()
      const early = clientFrame({ opcode: opcode.text, payload: "x".repeat(10_000) })
      const vanishing = connect("/chat", { early, signal: leaving.signal }).catch(() => "gone")
      const { signal } = await asked.promise
      leaving.abort()
      await aborted(signal)
      deepEqual([await vanishing, ...seen], ["gone"])
    },
    "wire earlyFrames",
  ),
]
