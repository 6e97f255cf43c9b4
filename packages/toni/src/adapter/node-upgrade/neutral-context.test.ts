import { AsyncLocalStorage } from "node:async_hooks"
import { expect, test } from "vitest"
import type { SocketEvents } from "../websocket-adapter.ts"
import { NeutralContext } from "./neutral-context.ts"

const storage = new AsyncLocalStorage<string>()
const made = storage.run("where it was made", () => new NeutralContext())

/** Does this twice for somebody; answers in which context each call ran, though each leaves another one behind. */
function contexts(twice: (look: () => void) => void): unknown[] {
  const seen: unknown[] = []
  const look = (): void => {
    seen.push(storage.getStore())
    storage.enterWith("what a hook leaves behind")
  }
  storage.run("who asks", () => {
    twice(look)
    twice(look)
    seen.push(storage.getStore())
  })
  return seen
}
const neutral = ["where it was made", "where it was made", "who asks"]

test("G12e hooks run in the context where it was made, and leave nothing to each other, nor to who asks", () => {
  expect(contexts((look) => made.isolate(look, undefined))).toEqual(neutral)
})

test("what runs no hook is called there too, with what it is given", () => {
  const seen: unknown[] = []
  made.run((argument) => seen.push(argument, storage.getStore()), "given")
  expect(seen).toEqual(["given", "where it was made"])
})

test("G12e messages and ends of a socket are isolated; everything that is told arrives", () => {
  const told: unknown[] = []
  const isolated = (look: () => void): SocketEvents => {
    const tell = (...what: unknown[]): void => void told.push(...what)
    return made.events({
      message: (...what) => (tell(...what), look()),
      closed: (end) => (tell(end), look()),
      writable: () => tell("writable"),
      violation: tell,
      failed: tell,
    })
  }
  const bytes = Uint8Array.of(1)
  expect(contexts((look) => isolated(look).message(bytes, true))).toEqual(neutral)
  expect(contexts((look) => isolated(look).closed({ reason: "bye" }))).toEqual(neutral)
  const { writable, violation, failed } = isolated(() => undefined)
  writable()
  violation({ kind: "limit", limit: "maxPayload", code: 1009 })
  failed("an error")
  const end = { reason: "bye" }
  const limit = { kind: "limit", limit: "maxPayload", code: 1009 }
  expect(told).toEqual([bytes, true, bytes, true, end, end, "writable", limit, "an error"])
})
