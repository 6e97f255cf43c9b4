import { expect, test } from "vitest"
import { WsMessage } from "../message/ws-message.ts"
import { accepted } from "./test/accepted.ts"
import type { WsClient } from "./ws-client.ts"

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
  const { connection, socket, clock, log, host } = accepted({ onDisconnect: () => new Promise(() => undefined) })
  const abandoned: number[] = []
  Object.assign(host, { abandoned: (hooks: number) => abandoned.push(hooks) })
  connection.open(socket)
  connection.closed({ reason: "" })
  connection.abandon(1001)
  await clock.advance(0)
  expect(log.slice(-2)).toEqual(["disconnect abandoned after the timeout of close()", "released"])
  expect([clock.timers, abandoned]).toEqual([0, [1]])
})

test("G21a a drain goes on when the peer vanishes and its handlers hang", async () => {
  const { connection, socket, clock, log } = accepted({ onMessage: () => new Promise(() => undefined) })
  connection.open(socket)
  connection.message(Uint8Array.of(0x61), true)
  const drained = connection.drain(1001)
  connection.closed({ reason: "" })
  await clock.advance(10_000)
  await drained
  expect(log.slice(-3)).toEqual(["message abandoned after settleTimeout (10000 ms)", "left: lost", "released"])
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

/** A hook that hangs until it is told, as often as it is called. */
function hanging() {
  const settle: (() => void)[] = []
  return { settle, hook: () => new Promise<void>((resolve) => settle.push(resolve)) }
}

const letter = Uint8Array.of(0x61)

test("G13c each handler has settleTimeout, so what was sent before the peer's Close is handled to its end", async () => {
  const { settle, hook } = hanging()
  const { connection, socket, clock, log, host } = accepted({ onMessage: hook })
  connection.open(socket)
  for (let count = 0; count < 40; count++) connection.message(letter, true)
  connection.closed({ code: 1000, reason: "" })
  for (let count = 0; count < 40; count++) {
    await clock.advance(9_000)
    settle[count]?.()
  }
  await clock.advance(0)
  expect(settle).toHaveLength(40)
  expect(log).toEqual(["gone", "left slot", "left: client", "released"])
  expect([host.counters.dropped, clock.timers]).toEqual([0, 0])
})

test("G13c a handler that does not settle in its own time is reported once, with what it keeps from being handled", async () => {
  const { settle, hook } = hanging()
  const { connection, socket, clock, log, host } = accepted({ onMessage: hook })
  connection.open(socket)
  for (let count = 0; count < 40; count++) connection.message(letter, true)
  connection.closed({ code: 1000, reason: "" })
  await clock.advance(9_000)
  settle[0]?.()
  await clock.advance(9_999)
  expect(log).toEqual(["gone", "left slot"])
  await clock.advance(1)
  expect(log.slice(2)).toEqual([
    "message abandoned after settleTimeout (10000 ms), 38 dropped",
    "left: client",
    "released",
  ])
  expect([host.counters.dropped, clock.timers]).toEqual([38, 0])
})

test("G13b G13c whatever is dropped is counted: by our Close, by a violation, by an onConnect that fails", async () => {
  const ends: ((one: ReturnType<typeof accepted>) => unknown)[] = [
    ({ connection }) => void connection.close(4000),
    ({ connection }) => connection.terminate(),
    ({ connection }) => connection.violation({ kind: "limit", limit: "maxPayload", code: 1009 }),
    ({ connection, clock }) => (connection.closed({ reason: "" }), clock.advance(10_000)),
  ]
  for (const end of ends) {
    const one = accepted({ onConnect: hanging().hook })
    one.connection.open(one.socket)
    one.connection.message(letter, true)
    one.connection.message(letter, true)
    await end(one)
    expect(one.host.counters.dropped).toBe(2)
  }
})

test("G13c the signal's reason is an AbortError with the reason of the disconnect, while handlers still run", () => {
  const { hook } = hanging()
  const { connection, socket } = accepted({ onMessage: hook })
  connection.open(socket)
  const { signal } = connection
  connection.message(letter, true)
  connection.closed({ code: 4001, reason: "bye" })
  const reason = signal.reason as DOMException
  expect([reason.name, reason.cause]).toEqual(["AbortError", { kind: "client", code: 4001, reason: "bye" }])
})

test("G13c who asks for the signal when the connection is gone learns the same", () => {
  const { connection, socket } = accepted({ onMessage: hanging().hook })
  connection.open(socket)
  connection.message(letter, true)
  connection.closed({ reason: "" })
  expect((connection.signal.reason as DOMException).cause).toEqual({ kind: "lost" })
})

test("G16a a handler that stops with the reason of its client's signal is counted, not reported", async () => {
  const failure = new Error("no")
  const stops = (client: WsClient, error?: Error): Promise<void> =>
    new Promise((_resolve, reject) => {
      client.signal.addEventListener("abort", () => reject(error ?? (client.signal.reason as Error)))
    })
  const { connection, socket, clock, log, host } = accepted(
    { onMessage: (client, message) => stops(client, message.asText() === "a" ? undefined : failure) },
    { concurrency: 2 },
  )
  connection.open(socket)
  connection.message(letter, true)
  connection.message(Uint8Array.of(0x62), true)
  connection.closed({ reason: "" })
  await clock.advance(0)
  expect(log).toEqual(["gone", "left slot", "message failed: no", "left: lost", "released"])
  expect(host.counters.stopped).toBe(1)
})

test("G16b what a listener of client.signal throws is reported with the phase signal, and the rest goes its way", () => {
  const { connection, socket, log } = accepted()
  connection.open(socket)
  connection.signal.addEventListener("abort", () => {
    throw new Error("listener")
  })
  connection.closed({ reason: "" })
  expect(log).toEqual(["gone", "left slot", "signal failed: listener", "left: lost", "released"])
})

test("G21a a client whose handler hangs in a drain is closed before it is cut, so the wire sees why", async () => {
  const { connection, socket, clock, log } = accepted({ onMessage: hanging().hook })
  connection.open(socket)
  connection.message(letter, true)
  connection.message(letter, true)
  void connection.drain(1001)
  connection.abandon(1001)
  expect(log).toEqual(["pause", "resume", "close 1001 server is shutting down"])
  socket.isOpen = false
  await clock.advance(4_999)
  expect(log).toHaveLength(3)
  await clock.advance(1)
  expect(log.at(-1)).toBe("terminate")
  connection.closed({ reason: "" })
  expect(log.slice(4)).toEqual([
    "gone",
    "left slot",
    "message abandoned after the timeout of close()",
    "left: shutdown",
    "released",
  ])
})

test("G21a what a drain abandons a second time is cut at once", () => {
  const { connection, socket, log } = accepted({ onMessage: hanging().hook })
  connection.open(socket)
  connection.message(letter, true)
  connection.abandon(1001)
  socket.isOpen = false
  connection.abandon(1001)
  expect(log).toEqual(["close 1001 server is shutting down", "terminate"])
})

test("G12a what a handler answers is told when nobody takes it, at once or later", async () => {
  const answers: Record<string, unknown> = { a: { event: "x" }, b: Promise.resolve("later"), c: true, d: undefined }
  const { connection, socket, clock, log } = accepted({
    onMessage: (_client, message) => answers[message.asText() ?? ""],
  })
  connection.open(socket)
  for (const name of ["a", "b", "c", "d"]) connection.message(new TextEncoder().encode(name), true)
  await clock.advance(0)
  expect(log).toEqual(["ignored [object Object]", "ignored later"])
})

test("G21c a client whose pong is on its way while we stall is not cut, and has the time that it had left", async () => {
  const { connection, socket, clock, log, sweep } = accepted()
  connection.open(socket)
  sweep.start()
  await clock.advance(30_500)
  clock.stall(12_000)
  await clock.advance(0)
  expect(log).toEqual(["send ping"])
  await clock.advance(9_000)
  expect(log).toEqual(["send ping"])
  await clock.advance(2_000)
  expect(log).toEqual(["send ping", "terminate"])
})

test("G21c a peer that answers our Close while we stall is not cut", async () => {
  const { connection, socket, clock, log } = accepted()
  connection.open(socket)
  void connection.close(4000)
  clock.stall(12_000)
  await clock.advance(0)
  connection.closed({ code: 4000, reason: "" })
  expect(log).toEqual(["close 4000 ", "gone", "left slot", "left: server", "released"])
  expect(clock.timers).toBe(0)
})

test("G15c G21c a peer that could take nothing while we stalled is no slow consumer", async () => {
  const { connection, socket, clock, log, sweep } = accepted({}, { heartbeat: "unlimited" })
  connection.open(socket)
  sweep.start()
  socket.pendingBytes = 10
  await clock.advance(1_500)
  clock.stall(60_000)
  await clock.advance(20_000)
  expect(log).toEqual([])
})

test("G7b G20a who offered toni and goes over its rate is closed with 4429, and told when to come back", () => {
  const rateLimit = { messages: 1, per: 10_000 }
  const { connection, socket, log } = accepted({}, { rateLimit }, true)
  connection.open(socket)
  connection.message(letter, true)
  connection.message(letter, true)
  expect(log).toEqual(["close 4429 retry-after=10; rate limit"])
})

test("G20a G21c a client that kept its rate while we stalled is not closed for what comes all at once", async () => {
  const rateLimit = { messages: 10, per: 1_000, burst: 3 }
  const seen: WsMessage[] = []
  const { connection, socket, clock, sweep, log } = accepted(
    { onMessage: (_client, message) => void seen.push(message) },
    { rateLimit },
  )
  connection.open(socket)
  sweep.start()
  await clock.advance(900)
  clock.stall(12_000)
  // What the operating system holds is read before any timer has run.
  for (let count = 0; count < 120; count++) connection.message(letter, true)
  expect(log).toEqual([])
  await clock.advance(3_000)
  for (let count = 0; count < 3; count++) connection.message(letter, true)
  expect(log).toEqual([])
  for (let count = 0; count < 30; count++) connection.message(letter, true)
  expect(log).toEqual(["close 1008 rate limit"])
})

test("G20a G12c a client that kept its rate while its handler was slow is not closed for what is read then", async () => {
  const rateLimit = { messages: 10, per: 1_000, burst: 3 }
  const { settle, hook } = hanging()
  const { connection, socket, clock, log } = accepted({ onMessage: hook }, { rateLimit, inbox: { messages: 1 } })
  connection.open(socket)
  connection.message(letter, true)
  connection.message(letter, true)
  expect(log).toEqual(["pause"])
  await clock.advance(5_000)
  settle[0]?.()
  await clock.advance(0)
  settle[1]?.()
  await clock.advance(0)
  for (let count = 0; count < 50; count++) connection.message(letter, true)
  expect(log.filter((line) => line.startsWith("close"))).toEqual([])
})

test("G11a an onConnect that has succeeded has no deadline any more", async () => {
  const { settle, hook } = hanging()
  const { connection, socket, clock, log } = accepted({ onConnect: hook })
  connection.open(socket)
  await clock.advance(9_000)
  settle[0]?.()
  await clock.advance(60_000)
  expect([log, connection.isOpen, clock.timers]).toEqual([[], true, 0])
})

test("G11a G12c more than 1,024 messages that wait for onConnect are all handled, in order", async () => {
  const seen: string[] = []
  const { settle, hook } = hanging()
  const { connection, socket, clock } = accepted({
    onConnect: hook,
    onMessage: (_client, message) => void seen.push(message.asText() ?? ""),
  })
  connection.open(socket)
  const sent = Array.from({ length: 3_000 }, (_, number) => String(number))
  for (const text of sent) connection.message(new TextEncoder().encode(text), true)
  settle[0]?.()
  await clock.advance(0)
  expect(seen).toEqual(sent)
})

test("G19 of accept({ expiresAt }) and an extend() within onConnect the later call counts", async () => {
  const { connection, socket, clock, log } = accepted({ onConnect: (client) => client.extend(10_000) })
  connection.open(socket, 5_000)
  await clock.advance(9_999)
  expect(log).toEqual([])
  await clock.advance(1)
  expect(log).toEqual(["close 4401 expired"])
})

test("G19 a client that leaves long before it expires leaves no timer", () => {
  const { connection, socket, clock } = accepted()
  connection.open(socket, 100_000_000_000)
  connection.closed({ code: 1000, reason: "" })
  expect(clock.timers).toBe(0)
  connection.extend(200_000_000_000)
  expect(clock.timers).toBe(0)
})

test("G13b terminate() in a handler of who is gone drops nothing of what is queued", async () => {
  const seen: string[] = []
  const { settle, hook } = hanging()
  const { connection, socket, clock } = accepted({
    onMessage(client, message) {
      seen.push(message.asText() ?? "")
      if (seen.length === 2) client.terminate()
      return hook()
    },
  })
  connection.open(socket)
  for (let count = 0; count < 3; count++) connection.message(letter, true)
  connection.closed({ reason: "" })
  for (let count = 0; count < 3; count++) {
    settle[count]?.()
    await clock.advance(0)
  }
  expect(seen).toEqual(["a", "a", "a"])
})

test("G21a a drain stops reading, and goes on when onConnect has settled, though nothing was queued", async () => {
  const { settle, hook } = hanging()
  const { connection, socket, clock, log } = accepted({ onConnect: hook })
  connection.open(socket)
  void connection.drain(1001)
  await clock.advance(5_000)
  expect(log).toEqual(["pause"])
  settle[0]?.()
  await clock.advance(0)
  expect(log).toEqual(["pause", "resume", "close 1001 server is shutting down"])
})

test("G21a in a drain a client whose inbox has room again is not read on", async () => {
  const { settle, hook } = hanging()
  const { connection, socket, clock, log } = accepted({ onMessage: hook }, { inbox: { messages: 1 } })
  connection.open(socket)
  connection.message(letter, true)
  connection.message(letter, true)
  expect(log).toEqual(["pause"])
  void connection.drain(1001)
  settle[0]?.()
  await clock.advance(0)
  expect(log).toEqual(["pause"])
  settle[1]?.()
  await clock.advance(0)
  expect(log).toEqual(["pause", "resume", "close 1001 server is shutting down"])
})

test("G13c a slow handler takes nothing from the time of onDisconnect", async () => {
  const message = hanging()
  const { connection, socket, clock, log } = accepted({
    onMessage: message.hook,
    onDisconnect: () => new Promise(() => undefined),
  })
  connection.open(socket)
  connection.message(letter, true)
  connection.closed({ reason: "" })
  await clock.advance(9_000)
  message.settle[0]?.()
  await clock.advance(9_999)
  expect(log).toEqual(["gone", "left slot"])
  await clock.advance(1)
  expect(log.slice(2)).toEqual(["disconnect abandoned after settleTimeout (10000 ms)", "released"])
})

test("G15b senders wait while more than a quarter is pending, whatever was written meanwhile", async () => {
  const { connection, socket, clock } = accepted({}, { maxBackpressure: 1_000 })
  connection.open(socket)
  socket.pendingBytes = 600
  let hasRoom = false
  void connection.send("hello").then(() => (hasRoom = true))
  for (const pending of [500, 251]) {
    socket.pendingBytes = pending
    connection.writable()
    await clock.advance(0)
    expect(hasRoom).toBe(false)
  }
  socket.pendingBytes = 250
  connection.writable()
  await clock.advance(0)
  expect(hasRoom).toBe(true)
})

test("G15b with exactly a quarter pending a sender waits for nothing", async () => {
  const { connection, socket } = accepted({}, { maxBackpressure: 1_000 })
  connection.open(socket)
  socket.pendingBytes = 250
  expect(connection.send("hello")).toBe(connection.send("again"))
  expect(await connection.send("hello")).toBe(true)
})

test('G15c with slowConsumer: "drop" a client that takes nothing for stallTimeout is closed all the same', async () => {
  const options = { slowConsumer: "drop", maxBackpressure: 10, heartbeat: "unlimited" } as const
  const { connection, socket, clock, log, host, sweep } = accepted({}, options)
  connection.open(socket)
  sweep.start()
  socket.pendingBytes = 10
  expect(await connection.send("more")).toBe(false)
  await clock.advance(30_999)
  expect([log, host.counters.discarded]).toEqual([[], 1])
  await clock.advance(1)
  expect(log).toEqual(["close 1013 slow consumer"])
})

test("G15b a sender that waits for room is let go when the connection ends", async () => {
  const { connection, socket } = accepted({}, { maxBackpressure: 1_000 })
  connection.open(socket)
  socket.pendingBytes = 600
  const sent = connection.send("hello")
  connection.closed({ reason: "" })
  expect(await sent).toBe(true)
  expect(await connection.send("more")).toBe(false)
})

test("G21a a synchronous handler may begin the drain of its own client, which goes on when it has returned", async () => {
  const { connection, socket, clock, log } = accepted({
    onMessage: () => {
      void connection.drain(1012)
      log.push("handled")
    },
  })
  connection.open(socket)
  connection.message(letter, true)
  await clock.advance(0)
  expect(log).toEqual(["pause", "handled", "resume", "close 1012 server is shutting down"])
})

test("G12c G21a a handler that ends late reads nobody on who is gone, reads already, or drains", async () => {
  const { settle, hook } = hanging()
  const { connection, socket, log } = accepted({ onMessage: hook }, { inbox: { messages: 2 } })
  connection.open(socket)
  connection.resumeReading()
  expect(log).toEqual([])
  connection.pauseReading()
  connection.pauseReading()
  connection.closed({ reason: "" })
  connection.resumeReading()
  connection.pauseReading()
  expect(log).toEqual(["pause", "gone", "left slot", "left: lost", "released"])
  expect(settle).toEqual([])
})

test("G18b whoever waits for the end of a connection that is gone waits for nothing", async () => {
  const { connection, socket } = accepted()
  connection.open(socket)
  connection.closed({ reason: "" })
  await connection.whenGone()
  await connection.close(4000)
  expect(connection.isGone).toBe(true)
})

test("G15a nothing is taken from the moment that the connection closes, whatever is pending", async () => {
  const { connection, socket, log, host } = accepted()
  connection.open(socket)
  void connection.close(4000)
  expect(await connection.send("late")).toBe(false)
  expect(connection.offer(WsMessage.text("late"), false)).toBe(false)
  expect([log, host.counters.messagesOut, host.counters.discarded]).toEqual([["close 4000 "], 0, 0])
})

test("G12c where reading cannot pause, a client whose inbox is full is closed with 1013", () => {
  const { connection, socket, log, host } = accepted({ onMessage: hanging().hook }, { inbox: { messages: 2 } })
  Object.assign(host, { canPause: false })
  connection.open(socket)
  for (let count = 0; count < 3; count++) connection.message(letter, true)
  expect(log).toEqual(["close 1013 inbox full"])
})

test("G15d whoever waits until all is handed over is told when it is, and not before", async () => {
  const { connection, socket, clock } = accepted()
  connection.open(socket)
  socket.taken = 100
  let isFlushed = false
  void connection.flushed().then(() => (isFlushed = true))
  for (const [handedOver, flushed] of [
    [99, false],
    [100, true],
  ] as const) {
    socket.handedOver = handedOver
    connection.writable()
    await clock.advance(0)
    expect(isFlushed).toBe(flushed)
  }
})

test("G12c a client whose inbox has room again is read on, and has the whole timeout to be heard", async () => {
  const { settle, hook } = hanging()
  const { connection, socket, clock, log, sweep } = accepted({ onMessage: hook }, { inbox: { messages: 2 } })
  connection.open(socket)
  sweep.start()
  for (let count = 0; count < 3; count++) connection.message(letter, true)
  await clock.advance(95_000)
  expect(log).toEqual(["pause", "send ping", "send ping", "send ping"])
  settle[0]?.()
  await clock.advance(0)
  expect(log).toHaveLength(4)
  settle[1]?.()
  await clock.advance(9_000)
  expect(log.slice(4)).toEqual(["resume"])
  await clock.advance(2_000)
  expect(log.slice(5)).toEqual(["terminate"])
})
