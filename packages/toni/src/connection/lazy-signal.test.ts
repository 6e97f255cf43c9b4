import { getEventListeners, once } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"
import { expect, onTestFinished, test } from "vitest"
import { LazySignal } from "./lazy-signal.ts"

const lost = { kind: "lost" } as const

function lazySignal() {
  const reported: unknown[] = []
  const lazy = new LazySignal((error) => void reported.push(error))
  return { lazy, reported, abort: () => lazy.abort("The connection is gone.", lost) }
}

test("G13c who asked before the abort is told, once", () => {
  const { lazy, abort } = lazySignal()
  let told = 0
  lazy.signal.addEventListener("abort", () => told++)
  abort()
  abort()
  expect(told).toBe(1)
  expect(lazy.signal.aborted).toBe(true)
})

test("G13c who asks after the abort finds it aborted", () => {
  const { lazy, abort } = lazySignal()
  abort()
  expect(lazy.signal.aborted).toBe(true)
})

test("everybody gets the same signal", () => {
  const { lazy } = lazySignal()
  expect(lazy.signal).toBe(lazy.signal)
})

test.each([
  ["before", true],
  ["after", false],
])("G13c the reason is an AbortError whose cause says why, for who asks %s the abort", (_when, isEarly) => {
  const { lazy, abort } = lazySignal()
  if (isEarly) void lazy.signal
  abort()
  lazy.abort("Something else.", { kind: "timeout" })
  const reason = lazy.signal.reason as DOMException
  expect(reason).toBeInstanceOf(DOMException)
  expect([reason.name, reason.message, reason.cause]).toEqual(["AbortError", "The connection is gone.", lost])
})

test("G16a whoever stops because of the signal is known by its error, whoever fails otherwise is not", async () => {
  const { lazy, abort } = lazySignal()
  const { signal } = lazy
  const stopped = [
    fetch("http://127.0.0.1:9/", { signal: AbortSignal.any([signal]) }),
    sleep(60_000, undefined, { signal }),
    once(new EventTarget(), "never", { signal }),
  ].map((promise) => promise.then(undefined, (error: unknown) => error))
  expect(lazy.isWhy(new DOMException("early", "AbortError"))).toBe(false)
  abort()
  for (const error of await Promise.all(stopped)) expect(lazy.isWhy(error)).toBe(true)
  const hostile = Object.defineProperty({}, "name", { get: () => expect.fail("read") as string })
  const others = [
    new DOMException("another", "AbortError"),
    new Error("no"),
    { cause: signal.reason as unknown },
    hostile,
  ]
  for (const error of [...others, null, undefined, "AbortError"]) expect(lazy.isWhy(error)).toBe(false)
})

/** A signal, what its listeners have failed with, and what has reached the process. */
function stage() {
  const failures: unknown[] = []
  const uncaught: unknown[] = []
  const keep = (error: unknown): void => void uncaught.push(error)
  const before = process.rawListeners("uncaughtException")
  process.removeAllListeners("uncaughtException").on("uncaughtException", keep)
  onTestFinished(() => {
    process.off("uncaughtException", keep)
    for (const listener of before) process.on("uncaughtException", listener as (error: Error) => void)
  })
  const lazy = new LazySignal((error) => void failures.push(error))
  return { lazy, signal: lazy.signal, failures, uncaught }
}

/** Resolves when what was put off to the next tick, or to a later turn, has run. */
const turns = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)))

const failure = new Error("the listener failed")
const fails = () => {
  throw failure
}

test.each<[string, (signal: AbortSignal) => void]>([
  ["throws", (signal) => signal.addEventListener("abort", fails)],
  ["throws once", (signal) => signal.addEventListener("abort", fails, { once: true })],
  ["is an object whose method throws", (signal) => signal.addEventListener("abort", { handleEvent: fails })],
  // oxlint-disable-next-line typescript/no-misused-promises -- people do
  ["rejects", (signal) => signal.addEventListener("abort", () => Promise.reject(failure))],
  ["is onabort and throws", (signal) => void (signal.onabort = fails)],
])("G16b a listener that %s is told, reaches nobody else, and those behind it hear of the abort", async (_, listen) => {
  const { lazy, signal, failures, uncaught } = stage()
  const heard: unknown[] = []
  listen(signal)
  signal.addEventListener("abort", (event) => heard.push(event.type))
  lazy.abort("The connection is gone.", lost)
  await turns()
  expect([heard, failures, uncaught]).toEqual([["abort"], [failure], []])
})

test("a listener is added once, and can be removed again, onabort too", () => {
  const { lazy, abort } = lazySignal()
  const { signal } = lazy
  const told: string[] = []
  const once = (): unknown => told.push("once")
  const removed = (): unknown => told.push("removed")
  signal.addEventListener("abort", once)
  signal.addEventListener("abort", once)
  signal.addEventListener("abort", removed)
  signal.removeEventListener("abort", removed)
  signal.onabort = removed
  signal.onabort = once
  expect(signal.onabort).toBe(once)
  abort()
  expect(told).toEqual(["once", "once"])
  signal.onabort = null
  expect(signal.onabort).toBeNull()
})

test("it is a signal like any other to who takes one", async () => {
  const { lazy, abort } = lazySignal()
  const { signal } = lazy
  expect(signal).toBeInstanceOf(AbortSignal)
  expect(() => signal.addEventListener("abort", null as never)).not.toThrow()
  const joined = AbortSignal.any([signal, new AbortController().signal])
  const answer = fetch("data:text/plain,hello", { signal })
  expect(await (await answer).text()).toBe("hello")
  abort()
  expect(joined.reason).toBe(signal.reason)
  await expect(fetch("data:text/plain,hello", { signal })).rejects.toBe(signal.reason)
})

test("what waits and is done leaves no listener behind", async () => {
  const { signal } = stage()
  const before = getEventListeners(signal, "abort").length
  await sleep(0, undefined, { signal })
  expect(getEventListeners(signal, "abort")).toHaveLength(before)
})
