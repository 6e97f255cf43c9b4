import fc from "fast-check"
import { expect, test } from "vitest"
import type { AdapterSocket } from "../adapter/websocket-adapter.ts"
import { ToniError } from "../errors.ts"
import { effectiveOptions } from "../gateway/effective-options.ts"
import { TestClock } from "../testing/test-clock.ts"
import { Connection } from "./connection.ts"
import type { ConnectionHost } from "./connection-host.ts"
import { newCounters } from "./counters.ts"
import { Sweep } from "./sweep.ts"

type Ending = "returns" | "throws" | "resolves" | "rejects"

const ending = fc.constantFrom<Ending>("returns", "throws", "resolves", "rejects")
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("message" as const), handler: ending }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("settle" as const), which: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), for: fc.constantFrom(0, 1_000, 11_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("close", "terminate", "peer closes", "lost", "violation", "extend", "drain", "abandon"),
    }),
  },
)

const done = (): Promise<void> => Promise.resolve()

/** A connection whose hooks end as they are told, one step at a time; what must never happen throws. */
function staged(onConnect: Ending, onDisconnect: Ending, concurrency: number) {
  const clock = new TestClock()
  const log: string[] = []
  const handlers: Ending[] = []
  const waiting: (() => void)[] = []
  let running = 0
  let isGone = false

  const run = (name: string, how: Ending): unknown => {
    log.push(name)
    if (how === "returns") return undefined
    if (how === "throws") throw new Error(name)
    running++
    return new Promise<void>((resolve, reject) => {
      waiting.push(() => {
        running--
        log.push(`${name} settled`)
        if (how === "resolves") resolve()
        else reject(new Error(name))
      })
    })
  }
  const gone = (code?: number): void => {
    if (isGone) return
    isGone = true
    socket.isOpen = false
    connection.closed(code === undefined ? { reason: "" } : { code, reason: "" })
  }
  const socket: { -readonly [Name in keyof AdapterSocket]: AdapterSocket[Name] } = {
    isOpen: true,
    pendingBytes: 0,
    bytesReceived: 0,
    bytesFlushed: 0,
    taken: 0,
    handedOver: 0,
    send: ({ byteLength }) => byteLength,
    flush: () => undefined,
    close: () => {
      expect(socket.isOpen).toBe(true)
      socket.isOpen = false
    },
    terminate: () => {
      socket.isOpen = false
      queueMicrotask(() => gone())
    },
    pause: () => undefined,
    resume: () => undefined,
  }
  const host: ConnectionHost = {
    clock,
    awake: () => clock.now(),
    stalled: () => 0,
    counters: newCounters(),
    topics: { subscribe: done, unsubscribe: done, publish: done },
    canPause: true,
    report: (error, phase) => {
      const isAbandoned = error instanceof ToniError && error.message.includes("still running")
      log.push(`${phase} ${isAbandoned ? "abandoned" : "failed"}`)
    },
    abandoned: () => undefined,
    ignored: () => undefined,
    gone: () => void log.push("gone"),
    released: () => {
      sweep.stop()
      log.push("released")
    },
  }
  const connection: Connection = new Connection(
    host,
    {
      name: "Staged",
      path: "/staged",
      options: effectiveOptions({ concurrency, inbox: { messages: 2 }, heartbeat: "unlimited" }),
      left: () => void log.push("slot free"),
      hooks: {
        onConnect: () => run("connect", onConnect),
        onMessage() {
          expect(running).toBeLessThan(concurrency)
          return run("message", handlers.shift() ?? "returns")
        },
        onDisconnect: () => run("disconnect", onDisconnect),
      },
    },
    {
      id: "1",
      params: {},
      protocol: "",
      remoteAddress: "::1",
      metadata: undefined,
      slot: "",
    },
  )
  const sweep = new Sweep(clock, { size: 1, at: () => connection })
  sweep.start()
  const deliver = (how: Ending): void => {
    if (!socket.isOpen || isGone) return
    handlers.push(how)
    connection.message(Uint8Array.of(1), false)
  }
  return { connection, socket, clock, log, waiting, deliver, gone, host }
}

function count(log: readonly string[], entry: string): number {
  return log.filter((line) => line === entry).length
}

test("G11b G13a G14 whatever happens in whatever order, a connection ends once and leaves nothing", async () => {
  await fc.assert(
    fc.asyncProperty(
      ending,
      ending,
      fc.integer({ min: 1, max: 2 }),
      fc.array(step, { maxLength: 25, size: "max" }),
      async (onConnect, onDisconnect, concurrency, steps) => {
        const { connection, socket, clock, log, waiting, deliver, gone, host } = staged(
          onConnect,
          onDisconnect,
          concurrency,
        )
        connection.open(socket)
        for (const next of steps) {
          if (next.do === "message") deliver(next.handler)
          else if (next.do === "settle") waiting.splice(next.which, 1)[0]?.()
          else if (next.do === "wait") await clock.advance(next.for)
          else if (next.do === "close") void connection.close(4000)
          else if (next.do === "terminate") connection.terminate()
          else if (next.do === "peer closes") gone(4001)
          else if (next.do === "lost") gone()
          else if (next.do === "extend") connection.extend(clock.date() + 5_000)
          else if (next.do === "drain") void connection.drain(1001)
          else if (next.do === "abandon") connection.abandon(1001)
          else if (socket.isOpen) {
            socket.isOpen = false
            connection.violation({ kind: "limit", limit: "maxPayload", code: 1009 })
          }
          await Promise.resolve()
        }
        gone()
        await clock.advance(60_000)
        for (const settle of waiting) settle()
        await clock.advance(0)

        const connected = log.includes("connect settled") || onConnect === "returns"
        const refused = log.includes("connect failed") || log.includes("connect abandoned")
        expect(count(log, "disconnect")).toBe(refused ? 0 : 1)
        expect(connected || refused).toBe(true)
        for (const once of ["connect", "gone", "slot free", "released"]) expect(count(log, once)).toBe(1)
        const end = log.indexOf("disconnect")
        expect(end < 0 || log.lastIndexOf("message") < end).toBe(true)
        expect(refused && log.includes("message")).toBe(false)
        expect(connection.isOpen).toBe(false)
        expect(host.counters.connections).toBe(0)
        expect(clock.timers).toBe(0)
      },
    ),
    { numRuns: 100 },
  )
}, 20_000)
