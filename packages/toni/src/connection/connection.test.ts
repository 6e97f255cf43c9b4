import { expect, test } from "vitest"
import type { AdapterSocket } from "../adapter/websocket-adapter.ts"
import { WsMessage } from "../message/ws-message.ts"
import { effectiveOptions } from "../gateway/effective-options.ts"
import { TestClock } from "../testing/test-clock.ts"
import { Connection } from "./connection.ts"
import type { ConnectionHooks, ConnectionHost } from "./connection-host.ts"
import { newCounters } from "./counters.ts"
import { Sweep } from "./sweep.ts"

const nothing = (): void => undefined
const none = (): Promise<void> => Promise.resolve()

/** A connection that was accepted and not opened yet, with a socket that writes down what is asked of it. */
function accepted(hooks: Partial<ConnectionHooks> = {}) {
  const clock = new TestClock(0)
  const log: string[] = []
  const keep =
    (entry: string) =>
    (...args: unknown[]): void =>
      void log.push([entry, ...args.filter((arg) => typeof arg !== "object")].join(" "))
  const socket: { -readonly [Name in keyof AdapterSocket]: AdapterSocket[Name] } = {
    isOpen: true,
    pendingBytes: 0,
    bytesReceived: 0,
    bytesFlushed: 0,
    taken: 0,
    handedOver: 0,
    send: ({ kind, byteLength }: { kind: string; byteLength: number }) => {
      log.push(`send ${kind}`)
      return byteLength
    },
    flush: nothing,
    close: keep("close"),
    terminate: keep("terminate"),
    pause: keep("pause"),
    resume: keep("resume"),
  }
  const host: ConnectionHost = {
    clock,
    counters: newCounters(),
    topics: { subscribe: none, unsubscribe: none, publish: none },
    canPause: true,
    report: (error, phase) => void log.push(`${phase} failed: ${(error as Error).message}`),
    abandoned: (_connection, phase) => void log.push(`${phase} abandoned`),
    gone: keep("gone"),
    released: () => {
      sweep.stop()
      log.push("released")
    },
  }
  const kind = {
    name: "Chat",
    path: "/chat",
    hooks: {
      onMessage: nothing,
      onDisconnect: (_client: unknown, { kind: reason }: { kind: string }) => void log.push(`left: ${reason}`),
      ...hooks,
    },
    options: effectiveOptions({}),
    left: keep("left"),
  }
  const connection = new Connection(host, kind, {
    id: "1",
    params: {},
    protocol: "",
    remoteAddress: "::1",
    metadata: undefined,
    slot: "slot",
  })
  const sweep = new Sweep(clock, [connection])
  return { connection, socket, clock, log, host, sweep }
}

test("G16c what breaks a socket is reported, and the client is lost with that error, once the socket is gone", () => {
  const reasons: unknown[] = []
  const { connection, socket, clock, log } = accepted({ onDisconnect: (_client, reason) => void reasons.push(reason) })
  connection.open(socket)
  const error = new Error("broken")
  connection.failed(error)
  expect([connection.isOpen, reasons]).toEqual([false, []])
  connection.closed({ reason: "" })
  expect(reasons).toEqual([{ kind: "lost", error }])
  expect(log).toEqual(["socket failed: broken", "gone", "left slot", "released"])
  expect(clock.timers).toBe(0)
})

test("G16c what breaks a socket that is closing is reported, and changes nothing about why", () => {
  const { connection, socket, log } = accepted()
  connection.open(socket)
  void connection.close(4000, "enough")
  connection.failed(new Error("broken"))
  connection.closed({ reason: "" })
  expect(log).toEqual(["close 4000 enough", "socket failed: broken", "gone", "left slot", "left: server", "released"])
})

test("G13a what a closed socket sets going comes in one order, and no timer is left", () => {
  const { connection, socket, clock, log } = accepted()
  connection.open(socket, 60_000)
  connection.signal.addEventListener("abort", () => log.push("signal"))
  void connection.close(4000, "enough")
  connection.closed({ code: 4000, reason: "" })
  expect(log).toEqual(["close 4000 enough", "gone", "left slot", "signal", "left: server", "released"])
  expect(clock.timers).toBe(0)
})

test("G18b a peer that has sent its Close and does not finish is cut after closeTimeout", async () => {
  const { connection, socket, clock, log, sweep } = accepted()
  connection.open(socket)
  sweep.start()
  socket.isOpen = false
  await clock.advance(1_000)
  expect(log).toEqual([])
  await clock.advance(5_000)
  expect(log).toEqual(["terminate"])
  connection.closed({ code: 4001, reason: "" })
  expect(log.at(-2)).toBe("left: client")
  expect(clock.timers).toBe(0)
})

test("G13a after the peer's Close our close() is not the reason, and drops nothing", async () => {
  const seen: string[] = []
  const slow = Promise.resolve()
  const { connection, socket, log } = accepted({
    onMessage(_client, message) {
      seen.push(message.asText() ?? "")
      return slow
    },
  })
  connection.open(socket)
  connection.message(Uint8Array.of(0x61), true)
  connection.message(Uint8Array.of(0x62), true)
  socket.isOpen = false
  void connection.close(4000)
  connection.closed({ code: 4001, reason: "" })
  await slow
  await new Promise((resolve) => setTimeout(resolve, 0))
  expect(seen).toEqual(["a", "b"])
  expect(log).toEqual(["gone", "left slot", "left: client", "released"])
})

test("G13a terminate after the peer's Close cuts, but is not the reason", () => {
  const { connection, socket, log } = accepted()
  connection.open(socket)
  socket.isOpen = false
  connection.terminate()
  connection.closed({ code: 4001, reason: "" })
  expect(log).toEqual(["terminate", "gone", "left slot", "left: client", "released"])
})

test("G13b messages that wait when a heartbeat is not answered are still handled", async () => {
  const seen: string[] = []
  let settle!: () => void
  const { connection, socket, clock, log, sweep } = accepted({
    onMessage(_client, message) {
      seen.push(message.asText() ?? "")
      return new Promise<void>((resolve) => (settle = resolve))
    },
  })
  connection.open(socket)
  sweep.start()
  connection.message(Uint8Array.of(0x61), true)
  connection.message(Uint8Array.of(0x62), true)
  await clock.advance(41_000)
  expect(log).toEqual(["send ping", "terminate"])
  connection.closed({ reason: "" })
  settle()
  await clock.advance(0)
  settle()
  await clock.advance(0)
  expect(seen).toEqual(["a", "b"])
  expect(log.slice(-2)).toEqual(["left: timeout", "released"])
})

test("G12c a socket that is paused is read again before it is closed, and a late handler does not touch it", async () => {
  let settle!: () => void
  const { connection, socket, clock, log } = accepted({
    onMessage: () => new Promise<void>((resolve) => (settle = resolve)),
  })
  connection.open(socket)
  for (let count = 0; count < 66; count++) connection.message(Uint8Array.of(0x61), true)
  void connection.close(4000)
  settle()
  await clock.advance(0)
  expect(log).toEqual(["pause", "resume", "close 4000 "])
})

test("G21a an onDisconnect that hangs is given up when the drain has no more time", async () => {
  const { connection, socket, clock, log } = accepted({ onDisconnect: () => new Promise(() => undefined) })
  connection.open(socket)
  connection.closed({ reason: "" })
  connection.abandon(1001)
  await clock.advance(0)
  expect(log.slice(-2)).toEqual(["disconnect abandoned", "released"])
  expect(clock.timers).toBe(0)
})

test("G21a a drain goes on when the peer vanishes and its handlers hang", async () => {
  const { connection, socket, clock, log } = accepted({ onMessage: () => new Promise(() => undefined) })
  connection.open(socket)
  connection.message(Uint8Array.of(0x61), true)
  const drained = connection.drain(1001)
  connection.closed({ reason: "" })
  await clock.advance(10_000)
  await drained
  expect(log.slice(-3)).toEqual(["message abandoned", "left: lost", "released"])
  expect(clock.timers).toBe(0)
})

test("H4 what is published says so in its call, and leaves no mark on the message: sent again, it is one client's own", () => {
  const { connection, socket } = accepted()
  const shared: unknown[] = []
  socket.send = ({ byteLength }, isShared) => {
    shared.push(isShared)
    return byteLength
  }
  connection.open(socket)
  const message = WsMessage.text("news")
  connection.offer(message, false, true)
  void connection.send(message)
  expect(shared).toEqual([true, false])
})
