import { expect, test } from "vitest"
import { Pulse, type PulseSigns, type Symptom } from "./pulse.ts"

const limits = { heartbeat: { interval: 30_000, timeout: 10_000 }, stallTimeout: 30_000 }
const noSigns = { bytesReceived: 0, bytesFlushed: 0, pendingBytes: 0 }

/** A pulse that begins at 0, and `watch`: looks once a second, and answers what it saw at which second. */
function watched(signs: PulseSigns = noSigns, within = limits) {
  const pulse = new Pulse(signs, 0)
  const watch = (from: number, to: number, isReading = true): [second: number, symptom: Symptom][] => {
    const seen: [number, Symptom][] = []
    for (let second = from; second <= to; second++) {
      const symptom = pulse.check(signs, within, second * 1_000, isReading)
      if (symptom !== "none") seen.push([second, symptom])
    }
    return seen
  }
  return { pulse, watch }
}

test("G20b a silent peer is pinged after the interval and given up after the timeout", () => {
  const { watch } = watched()
  expect(watch(1, 40)).toEqual([
    [30, "silent"],
    [40, "timeout"],
  ])
})

test("G12c while we do not read, pings go on and nothing times out", () => {
  const { watch } = watched()
  expect(watch(1, 95, false)).toEqual([
    [30, "silent"],
    [60, "silent"],
    [90, "silent"],
  ])
})

test("G12c when we read again, the peer has the whole timeout to be heard", () => {
  const { pulse, watch } = watched()
  watch(1, 95, false)
  pulse.resumed(100_000)
  expect(watch(100, 110)).toEqual([[110, "timeout"]])
})

test("G20b any change of what was received counts as life", () => {
  const signs = { ...noSigns }
  const { watch } = watched(signs)
  watch(1, 35)
  signs.bytesReceived = 1
  expect(watch(36, 65)).toEqual([])
  expect(watch(66, 66)).toEqual([[66, "silent"]])
})

test("G15c pending bytes without progress for stallTimeout are a stall, with progress they are not", () => {
  const signs = { ...noSigns, pendingBytes: 10 }
  const { watch } = watched(signs, { ...limits, heartbeat: { interval: Infinity, timeout: Infinity } })
  expect(watch(1, 29)).toEqual([])
  signs.bytesFlushed = 1
  expect(watch(30, 59)).toEqual([])
  expect(watch(60, 60)).toEqual([[60, "stalled"]])
})

test("G20b peers that came together are pinged apart, none of them later than after the interval", () => {
  const { interval } = limits.heartbeat
  const pings = Array.from({ length: 1_000 }, (_, seat) => {
    const pulse = new Pulse(noSigns, 100_000 - Pulse.lead(seat, interval))
    let second = 100
    while (pulse.check(noSigns, limits, second * 1_000, true) === "none") second++
    return second - 100
  })
  const inSecond = new Map<number, number>()
  for (const second of pings) inSecond.set(second, (inSecond.get(second) ?? 0) + 1)
  expect(pings[0]).toBe(30)
  expect([Math.min(...pings), Math.max(...pings)]).toEqual([16, 30])
  expect(Math.max(...inSecond.values())).toBeLessThan(70)
})

test("G20b without a heartbeat nobody is pinged, whatever seat it has", () => {
  const pulse = new Pulse(noSigns, 0 - Pulse.lead(7, Infinity))
  const never = { ...limits, heartbeat: { interval: Infinity, timeout: Infinity } }
  expect(pulse.check(noSigns, never, 1e12, true)).toBe("none")
})

test("G12c G20b who was not pinged before a pause is pinged before it may time out", () => {
  const { pulse, watch } = watched()
  expect(watch(1, 10, false)).toEqual([])
  pulse.resumed(11_000)
  expect(watch(11, 40)).toEqual([
    [30, "silent"],
    [40, "timeout"],
  ])
})
