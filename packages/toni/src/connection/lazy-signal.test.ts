import { EventEmitter, getEventListeners } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"
import { expect, onTestFinished, test } from "vitest"
import { LazySignal } from "./lazy-signal.ts"

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
  lazy.abort()
  await turns()
  expect([heard, failures, uncaught]).toEqual([["abort"], [failure], []])
})

test("listeners are called on the signal, once for one that is added twice, and not once they are removed", () => {
  const { lazy, signal } = stage()
  const heard: unknown[] = []
  const listener = function (this: unknown): void {
    heard.push(this)
  }
  const removed = () => heard.push("removed")
  signal.addEventListener("abort", listener)
  signal.addEventListener("abort", listener)
  signal.addEventListener("abort", removed)
  signal.removeEventListener("abort", removed)
  signal.onabort = removed
  signal.onabort = null
  lazy.abort()
  lazy.abort()
  expect(heard).toEqual([signal])
})

test("the signal is an AbortSignal like any other: timers, emitters and any() take it", async () => {
  const { lazy, signal } = stage()
  const either = AbortSignal.any([signal])
  const waiting = [sleep(60_000, undefined, { signal }), EventEmitter.once(new EventEmitter(), "never", { signal })]
  const settled = Promise.allSettled(waiting)
  lazy.abort()
  expect((await settled).map((result) => result.status)).toEqual(["rejected", "rejected"])
  expect([either.aborted, signal instanceof AbortSignal]).toEqual([true, true])
  expect(() => signal.throwIfAborted()).toThrow(expect.objectContaining({ name: "AbortError" }))
})

test("what waits and is done leaves no listener behind", async () => {
  const { signal } = stage()
  const before = getEventListeners(signal, "abort").length
  await sleep(0, undefined, { signal })
  expect(getEventListeners(signal, "abort")).toHaveLength(before)
})

test("a signal that is asked for after the abort is aborted, for the first reason", () => {
  const lazy = new LazySignal(() => undefined)
  const reason = new Error("gone")
  lazy.abort(reason)
  lazy.abort(new Error("gone again"))
  expect([lazy.signal.aborted, lazy.signal.reason]).toEqual([true, reason])
  expect(lazy.signal).toBe(lazy.signal)
})
