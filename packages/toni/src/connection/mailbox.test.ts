import fc from "fast-check"
import { expect, test } from "vitest"
import { WsMessage } from "../message/ws-message.ts"
import { Mailbox, type MailboxOwner } from "./mailbox.ts"
import { taken } from "./outbox.ts"

type Owner = Omit<MailboxOwner, "limits" | "reads">

/** An owner that writes down what happens; a handler returns what `handle` says, by default nothing. */
function owner(handle: (text: string) => unknown = () => undefined): Owner & { readonly log: string[] } {
  const log: string[] = []
  return {
    log,
    handle(message) {
      log.push(message.asText() ?? "")
      return handle(message.asText() ?? "")
    },
    failed: (error) => void log.push(`failed: ${(error as Error).message}`),
    full: () => void log.push("full"),
    drained: () => void log.push("drained"),
    progressed: () => undefined,
    ignored: (answer) => void log.push(`ignored: ${String(answer)}`),
    idle: () => void log.push("idle"),
  }
}

function mailbox(owner: Owner, { concurrency = 1, messages = 64, bytes = 1_048_576 } = {}): Mailbox {
  return new Mailbox({ ...owner, reads: 0, limits: { concurrency, inbox: { messages, bytes } } })
}

const text = (content: string): WsMessage => WsMessage.text(content)
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

test("G12b synchronous handlers run within the call that delivers, one after another, without a promise", () => {
  const gateway = owner()
  const box = mailbox(gateway)
  box.open()
  for (const content of ["one", "two", "three"]) box.push(text(content))
  expect(gateway.log).toEqual(["one", "two", "three"])
  expect(box.isIdle).toBe(true)
})

test("G12b a handler that returns what send returned counts as synchronous", () => {
  const gateway = owner(() => taken)
  const box = mailbox(gateway)
  box.open()
  box.push(text("one"))
  box.push(text("two"))
  expect(gateway.log).toEqual(["one", "two"])
})

test("G12b what waited for onConnect is handled within the call that opens", () => {
  const gateway = owner()
  const box = mailbox(gateway)
  box.push(text("one"))
  box.push(text("two"))
  expect(gateway.log).toEqual([])
  box.open()
  expect(gateway.log).toEqual(["one", "two"])
})

test("G12a an asynchronous handler holds back the next message until it has settled", async () => {
  let settle!: () => void
  const gateway = owner((content) => (content === "one" ? new Promise<void>((resolve) => (settle = resolve)) : taken))
  const box = mailbox(gateway)
  box.open()
  box.push(text("one"))
  box.push(text("two"))
  expect(gateway.log).toEqual(["one"])
  settle()
  await tick()
  expect(gateway.log).toEqual(["one", "two", "idle"])
})

test("G16a what a handler throws or rejects with is told, and the next message is handled", async () => {
  const gateway = owner((content) => {
    if (content === "throw") throw new Error("thrown")
    return content === "reject" ? Promise.reject(new Error("rejected")) : undefined
  })
  const box = mailbox(gateway)
  box.open()
  for (const content of ["throw", "reject", "last"]) box.push(text(content))
  await tick()
  expect(gateway.log).toEqual(["throw", "failed: thrown", "reject", "failed: rejected", "last", "idle"])
})

test("G12c at the high-water mark the flow stops once, and starts again at half of it", async () => {
  const settle: (() => void)[] = []
  const gateway = owner(() => new Promise<void>((resolve) => settle.push(resolve)))
  const box = mailbox(gateway, { messages: 4 })
  box.open()
  for (const content of ["1", "2", "3", "4", "5", "6"]) box.push(text(content))
  expect(gateway.log).toEqual(["1", "full"])
  for (let count = 0; count < 4; count++) {
    settle[count]?.()
    await tick()
  }
  expect(gateway.log).toEqual(["1", "full", "2", "3", "4", "5", "drained"])
})

test("G12c bytes count like messages", async () => {
  let settle!: () => void
  const gateway = owner(() => new Promise<void>((resolve) => (settle = resolve)))
  const box = mailbox(gateway, { bytes: 100 })
  box.open()
  box.push(text("first"))
  box.push(text("x".repeat(99)))
  expect(gateway.log).not.toContain("full")
  box.push(text("x"))
  expect(gateway.log).toContain("full")
  settle()
  await tick()
  expect(gateway.log).toContain("drained")
})

test("G13b what is dropped is never handled, and a handler that runs makes it idle", async () => {
  let settle!: () => void
  const gateway = owner(() => new Promise<void>((resolve) => (settle = resolve)))
  const box = mailbox(gateway)
  box.open()
  box.push(text("one"))
  box.push(text("two"))
  box.drop()
  expect(box.isIdle).toBe(false)
  settle()
  await tick()
  expect(gateway.log).toEqual(["one", "idle"])
})

test("G13b a handler may drop what waits while it runs", () => {
  const gateway = owner((content) => {
    if (content === "two") box.drop()
  })
  const box = mailbox(gateway)
  for (const content of ["one", "two", "three"]) box.push(text(content))
  box.open()
  expect(gateway.log).toEqual(["one", "two"])
  expect(box.isIdle).toBe(true)
})

/** What may happen to a mailbox; a message says how its handler ends. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("sync", "throw", "async", "reject") },
  { weight: 4, arbitrary: fc.nat(9).map((index) => index) },
  { weight: 1, arbitrary: fc.constant("open") },
)

test("G12a G12c whatever handlers do, messages start in order, each once, at most `concurrency` at a time", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 200, size: "max" }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 5 }),
      async (steps, concurrency, messages) => {
        const started: number[] = []
        const running = new Map<number, (failed: boolean) => void>()
        const flow: string[] = []
        let failures = 0
        const gateway: Owner = {
          handle(message) {
            const { number, kind } = message.asJson() as { number: number; kind: string }
            started.push(number)
            expect(running.size).toBeLessThan(concurrency)
            if (kind === "throw") throw new Error("thrown")
            if (kind === "sync") return undefined
            return new Promise<void>((resolve, reject) => {
              running.set(number, () => {
                running.delete(number)
                if (kind === "reject") reject(new Error("rejected"))
                else resolve()
              })
            })
          },
          failed: () => void failures++,
          full: () => void flow.push("full"),
          drained: () => void flow.push("drained"),
          progressed: () => expect(box.isIdle).toBe(false),
          ignored: () => undefined,
          idle: () => expect(box.isIdle).toBe(true),
        }
        const box = mailbox(gateway, { concurrency, messages })
        let pushed = 0
        let failing = 0
        for (const next of [...steps, "open" as const]) {
          if (next === "open") box.open()
          else if (typeof next === "number") [...running.values()][next % (running.size || 1)]?.(false)
          else {
            if (next === "throw" || next === "reject") failing++
            box.push(WsMessage.json({ number: pushed++, kind: next }))
          }
          await Promise.resolve()
        }
        for (let rest = 0; rest <= pushed && !box.isIdle; rest++) {
          for (const settle of running.values()) settle(false)
          await tick()
        }
        expect(box.isIdle).toBe(true)
        expect(started).toEqual(Array.from({ length: pushed }, (_, index) => index))
        expect(failures).toBe(failing)
        expect(flow).toEqual(flow.map((_, index) => (index % 2 === 0 ? "full" : "drained")))
        expect(flow.length % 2).toBe(0)
      },
    ),
    { numRuns: 150 },
  )
})

test("G12a a handler whose promise calls back again and again has settled once, and the next one waits for its own", async () => {
  const gateway = owner((content) => {
    if (content !== "one") return new Promise(() => undefined)
    const then = (settle: () => void, reject: (error: Error) => void): void => {
      settle()
      reject(new Error("settled before"))
      settle()
    }
    // oxlint-disable-next-line unicorn/no-thenable -- What is tested is how such objects are treated.
    return Object.defineProperty(Promise.resolve(), "then", { value: then })
  })
  const box = mailbox(gateway)
  box.open()
  for (const content of ["one", "two", "three"]) box.push(text(content))
  await tick()
  expect([gateway.log, box.running]).toEqual([["one", "two"], 1])
})
