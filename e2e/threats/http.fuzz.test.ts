import { connect as connectTcp, type Socket } from "node:net"
import { setImmediate as turn } from "node:timers/promises"
import { connect as connectTls } from "node:tls"
import { describe, expect, test } from "vitest"
import { adapters } from "../support/adapters.ts"
import { helperProcess } from "../support/helper-process.ts"
import { makeConversation, readAnswers, type Conversation } from "../support/http-conversation.ts"
import { connect as connectWebSocket } from "../support/peer.ts"
import { fuzzTimeout, playSeeds, type Random } from "../support/seeds.ts"

/** Seeds that failed once. */
const always: readonly number[] = [2_009_226_321]

type Form = "none" | "sync" | "async" | "handed" | "https" | "http2" | "shared"

interface Status {
  /** Connections that are open, in all forms together. */
  readonly connections: number
  readonly surprises: readonly string[]
}

/** How a conversation is sent: in which pieces, and what happens behind the last of them. */
interface Delivery {
  readonly pieces: readonly Buffer[]
  readonly end: "wait" | "finish" | "reset"
  /** Requests that are there to the last byte. */
  readonly whole: number
  /** Nothing of the conversation is left out. */
  readonly isComplete: boolean
}

describe.each(adapters)("the %s adapter", (adapter) => {
  test(
    "G5b G5c: pipelined HTTP with upgrades in it, cut anywhere, is answered in order, each request once, in every form of server",
    async () => {
      await using server = helperProcess(new URL("http-forms.mjs", import.meta.url), [adapter])
      const ports = await server.ask<Record<Form, number>>("ports")
      const forms = Object.keys(ports) as Form[]
      const play = async (random: Random): Promise<void> => {
        const slowUpgrades = random.chance(0.2)
        await Promise.all(
          forms.flatMap((form) => {
            const partner = {
              hasHandler: form !== "none",
              readsBodies: form !== "none" && form !== "sync",
              takesForeign: form !== "shared" || slowUpgrades,
            }
            return Array.from({ length: 3 }, () => {
              const conversation = makeConversation(random, partner)
              return converse(form, ports[form], conversation, deliver(random, conversation))
            })
          }),
        )
        const form = random.pick(["sync", "async", "handed", "shared"] as const)
        await using peer = await connectWebSocket(`ws://127.0.0.1:${ports[form]}/chat`)
        expect(await peer.ask("still there?")).toBe("still there?")
        expect((await fetch(`http://127.0.0.1:${ports[form]}/`, { headers: { Connection: "close" } })).status).toBe(200)
        await peer[Symbol.asyncDispose]()
        let status = await server.ask<Status>("status")
        while (status.connections > 0) status = await server.ask<Status>("status")
        expect(status.surprises).toEqual([])
      }
      expect(await playSeeds({ name: `HTTP, ${adapter}`, count: 25, always }, play)).toBeGreaterThan(0)
    },
    fuzzTimeout,
  )
})

function deliver(random: Random, { bytes, ends }: Conversation): Delivery {
  const isCut = random.chance(0.3)
  const length = isCut ? random.below(bytes.length + 1) : bytes.length
  const places = Array.from({ length: random.below(6) }, () => random.below(length + 1)).sort((a, b) => a - b)
  const pieces = [0, ...places].map((place, index) => bytes.subarray(place, places[index] ?? length))
  const whole = ends.filter((end) => end <= length).length
  const end = isCut ? random.pick(["wait", "finish", "reset"] as const) : "wait"
  return { pieces, end, whole, isComplete: length === bytes.length }
}

async function converse(form: Form, port: number, conversation: Conversation, delivery: Delivery): Promise<void> {
  const { expected, mayBreak } = conversation
  const socket = open(form, port)
  let received = ""
  let isOver = false
  let changed = (): void => undefined
  socket.on("data", (data: Buffer) => {
    received += data.toString("latin1")
    changed()
  })
  const over = (): void => {
    isOver = true
    changed()
  }
  socket
    .on("error", () => undefined)
    .on("close", over)
    .on("end", over)
  for (const piece of delivery.pieces) {
    if (socket.writable) socket.write(piece)
    await turn()
  }
  if (delivery.end === "finish") socket.end()
  if (delivery.end === "reset") socket.destroy()
  const answers = () => readAnswers(received, expected).answers
  const mustEnd = delivery.end === "finish" || (mayBreak && delivery.isComplete)
  while (!isOver && (mustEnd || answers().length < delivery.whole)) {
    await new Promise<void>((resolve) => (changed = resolve))
  }
  // A turn for an answer too many.
  await turn()
  const mayLose = mayBreak || delivery.end !== "wait"
  const got = answers()
  socket.destroy()
  const how = `in pieces of ${delivery.pieces.map(({ length }) => length).join(", ")}, then ${delivery.end}`
  const wrong = got.findIndex(({ status, target }, index) => {
    // What is no HTTP, or is cut, is answered by Node itself, and that is the end.
    if (index === got.length - 1 && target === undefined && status === 400 && mayLose) return false
    const wanted = expected[index]
    return !wanted?.statuses.includes(status) || target !== (wanted.byHandler ? wanted.target : undefined)
  })
  // A handler that reads no body answers a request of which that is still to come.
  const isMissing = !mayLose && got.length < delivery.whole
  if (wrong < 0 && !isMissing) return
  const problem = wrong < 0 ? `only ${got.length} of ${delivery.whole} answers` : `answer ${wrong} is wrong`
  throw new Error(`${form}, ${how}: ${problem}\n${conversation.bytes.toString("latin1")}\n→ ${received}`)
}

function open(form: Form, port: number): Socket {
  const to = { port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true }
  if (form !== "https" && form !== "http2") return connectTcp(to)
  return connectTls({ ...to, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] })
}
