import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { owedFor, type Owed } from "../support/frame-oracle.ts"
import { frameStream, pieces } from "../support/frame-streams.ts"
import { FuzzPeer, type Seen } from "../support/fuzz-peer.ts"
import { helperProcess, type HelperProcess } from "../support/helper-process.ts"
import { fuzzTimeout, playSeeds, type Random } from "../support/seeds.ts"

const limits = { maxPayload: 66_000, maxFragments: 8, compression: { threshold: 100 } }
/** Behind a mistake, `ws` went on with what it had queued while it inflated. */
const always = [674_927_266]
/** Codes that a server may close with because of what a peer has sent. */
const legal = [1002, 1003, 1007, 1008, 1009]
const goodbye = Buffer.concat([Buffer.of(136, 128 + 6, 0, 0, 0, 0, 3, 232), Buffer.from("done")])

interface Status {
  readonly surprises: readonly string[]
  readonly sockets: number
  readonly connections: number
}

let server: HelperProcess
let ports: Readonly<Record<string, number>>
beforeAll(async () => {
  server = helperProcess(new URL("frame-server.mjs", import.meta.url), [JSON.stringify({ limits })])
  ports = await server.ask("ports")
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

/** Sends a stream, and stays until the server has ended the connection. */
async function play(random: Random, target: string, compresses: boolean, bytes: Buffer, owed: readonly Owed[]) {
  const [first = Buffer.alloc(0), ...others] = pieces(random, bytes)
  const isEarly = random.chance(0.3)
  const sent = isEarly ? others : [first, ...others]
  const port = ports[target] as number
  await using peer = await FuzzPeer.connect(port, target.endsWith("tls"), compresses, isEarly ? first : Buffer.alloc(0))
  for (const piece of sent) {
    peer.write(piece)
    if (random.chance(0.5)) await new Promise(setImmediate)
  }
  // Where the server has nothing to say against it, the peer leaves when it has heard all that it is owed.
  if (owed.some(({ end }) => end !== "violation" && end !== "closed")) {
    const count = Math.max(...owed.map(({ messages }) => messages.length))
    await peer.until(() => peer.seen.messages.length >= count || peer.seen.code !== undefined)
    peer.leave(owed.every(({ end }) => end === "boundary") ? goodbye : undefined)
  }
  await peer.closed
  return peer.seen
}

/** What is wrong with what was seen, or nothing. */
function differs(owed: Owed, seen: Seen, isGoodbye: boolean): string | undefined {
  const { messages, pings, end, codes, reason } = owed
  if (seen.fault !== undefined) return seen.fault
  const isReset = owed.goesOn && (end === "closed" || end === "violation") && seen.code === undefined
  if (isReset) return isPrefix(seen.messages, messages) ? undefined : "other messages before a reset"
  const heard = end === "unknown" ? seen.messages.slice(0, messages.length) : seen.messages
  if (JSON.stringify(heard) !== JSON.stringify(messages))
    return (
      `${heard.length} messages instead of ${messages.length}, closed with ${seen.code}` +
      JSON.stringify(seen.messages.map((m) => [m.length, m.slice(0, 60)]))
    )
  if (end !== "unknown" && !isWithin(seen.pongs, pings)) return "pongs that nobody asked for"
  const isRight = {
    boundary: isGoodbye ? seen.code === 1000 && seen.reason === "done" : seen.code === undefined,
    middle: seen.code === undefined,
    closed: codes.includes(seen.code ?? 0) && seen.reason === reason,
    violation: codes.includes(seen.code ?? 0),
    early: seen.code === undefined || codes.includes(seen.code),
    unknown: seen.code === undefined || legal.includes(seen.code) || (seen.code >= 1000 && seen.code < 5000),
  }[end]
  return isRight
    ? undefined
    : `closed with ${seen.code} "${seen.reason}" instead of ${end} ${codes.join("/")} "${reason}"`
}

function isPrefix(some: readonly string[], all: readonly string[]): boolean {
  return some.every((one, index) => one === all[index])
}

/** Whether all of one list stand in the other, in that order. */
function isWithin(some: readonly string[], all: readonly string[]): boolean {
  let at = 0
  return some.every((one) => (at = all.indexOf(one, at) + 1) > 0)
}

/** Somebody else is served meanwhile. */
async function served(bystander: FuzzPeer, seed: number): Promise<void> {
  const count = bystander.seen.messages.length
  bystander.write(Buffer.concat([Buffer.of(129, 128 + 4, 0, 0, 0, 0), Buffer.from(`${seed % 10_000}`.padStart(4))]))
  await bystander.until(() => bystander.seen.messages.length > count)
  if (bystander.isClosed) throw new Error("the bystander was not served")
}

describe.each(["node clear", "node tls", "ws clear", "ws tls"])("%s", (target) => {
  test(
    "RFC6455-5.2 G16c random and mutated streams of frames: as a slow decoder has it, and nobody else is touched",
    async () => {
      const isTls = target.endsWith("tls")
      await using bystander = await FuzzPeer.connect(ports[target] as number, isTls, false, Buffer.alloc(0))
      const played = await playSeeds({ name: `frames, ${target}`, count: 60, always }, async (random, seed) => {
        const compresses = random.chance(0.5)
        const { bytes, compressed } = frameStream(random, compresses)
        const settings = { ...limits, compresses, compressed }
        const strict = owedFor(bytes, { ...settings, takesLongLengths: false })
        const lax = owedFor(bytes, { ...settings, takesLongLengths: true })
        const owed = JSON.stringify(strict) === JSON.stringify(lax) ? [strict] : [strict, lax]
        const [seen] = await Promise.all([play(random, target, compresses, bytes, owed), served(bystander, seed)])
        const isGoodbye = owed.every(({ end }) => end === "boundary")
        const differences = owed.map((each) => differs(each, seen, isGoodbye))
        if (!differences.includes(undefined)) throw new Error(differences.join("; or "))
      })
      expect(played).toBeGreaterThan(0)
      bystander.leave(goodbye)
      await bystander.closed
      expect(bystander.seen).toMatchObject({ code: 1000, fault: undefined })
      let status: Status
      do status = await server.ask<Status>("status")
      while (status.sockets > 0 || status.connections > 0)
      expect(status).toEqual({ surprises: [], sockets: 0, connections: 0 })
    },
    fuzzTimeout,
  )
})
