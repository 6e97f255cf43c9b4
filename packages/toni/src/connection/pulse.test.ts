import { expect, test } from "vitest"
import { Pulse, type Symptom } from "./pulse.ts"

const limits = { heartbeat: { interval: 30_000, timeout: 10_000 }, stallTimeout: 30_000 }
const socketAt = { bytesReceived: 0, bytesFlushed: 0, pendingBytes: 0 }

/** Looks once a second, from `from` to `to`, and answers what it saw at which second. */
function watch(pulse: Pulse, from: number, to: number, isReading = true): [second: number, symptom: Symptom][] {
  const seen: [number, Symptom][] = []
  for (let second = from; second <= to; second++) {
    const symptom = pulse.check(second * 1_000, isReading)
    if (symptom !== "none") seen.push([second, symptom])
  }
  return seen
}

test("G20b a silent peer is pinged after the interval and given up after the timeout", () => {
  const pulse = new Pulse({ ...socketAt } as never, limits, 0)
  expect(watch(pulse, 1, 40)).toEqual([
    [30, "silent"],
    [40, "timeout"],
  ])
})

test("G12c while we do not read, pings go on and nothing times out", () => {
  const pulse = new Pulse({ ...socketAt } as never, limits, 0)
  expect(watch(pulse, 1, 95, false)).toEqual([
    [30, "silent"],
    [60, "silent"],
    [90, "silent"],
  ])
})

test("G12c when we read again, the peer has the whole timeout to be heard", () => {
  const pulse = new Pulse({ ...socketAt } as never, limits, 0)
  watch(pulse, 1, 95, false)
  pulse.resumed(100_000)
  expect(watch(pulse, 100, 110)).toEqual([[110, "timeout"]])
})

test("G20b any change of what was received counts as life", () => {
  const socket = { ...socketAt }
  const pulse = new Pulse(socket as never, limits, 0)
  watch(pulse, 1, 35)
  socket.bytesReceived = 1
  expect(watch(pulse, 36, 65)).toEqual([])
  expect(watch(pulse, 66, 66)).toEqual([[66, "silent"]])
})

test("G15c pending bytes without progress for stallTimeout are a stall, with progress they are not", () => {
  const socket = { ...socketAt, pendingBytes: 10 }
  const pulse = new Pulse(socket as never, { ...limits, heartbeat: { interval: Infinity, timeout: Infinity } }, 0)
  expect(watch(pulse, 1, 29)).toEqual([])
  socket.bytesFlushed = 1
  expect(watch(pulse, 30, 59)).toEqual([])
  expect(watch(pulse, 60, 60)).toEqual([[60, "stalled"]])
})
