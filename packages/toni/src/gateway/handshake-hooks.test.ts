import { expect, test } from "vitest"
import type { PendingUpgrade } from "../adapter/websocket-adapter.ts"
import { gate } from "../conformance/scenario.ts"
import { newCounters } from "../connection/counters.ts"
import type { ToniError } from "../errors.ts"
import { settled, TestClock } from "../testing/test-clock.ts"
import { effectiveOptions } from "./effective-options.ts"
import type { Gateway } from "./gateway.ts"
import { HandshakeHooks } from "./handshake-hooks.ts"
import type { Verdict } from "./handshake-record.ts"
import { headerView } from "./header-view.ts"
import { WsHandshake } from "./ws-handshake.ts"

const facts = {
  url: "/chat",
  path: "/chat",
  query: "",
  params: {},
  headers: headerView([]),
  protocols: [],
  remoteAddress: "",
}

/** One hook that is asked: what was decided, as a status or what was accepted, and what was reported. */
function ask(hook: unknown) {
  const clock = new TestClock()
  const errors: unknown[] = []
  const decided: unknown[] = []
  const made: WsHandshake[] = []
  const counters = newCounters()
  const hooks = new HandshakeHooks({ clock, counters, handshakeFailed: (error) => void errors.push(error) })
  const pending = { onAbandoned: undefined } as PendingUpgrade
  const gateway = { path: "/chat", onMessage: () => undefined, onHandshake: hook } as Gateway
  const options = effectiveOptions({}, { handshakeTimeout: 1_000 })
  hooks.ask(
    { name: "Chat", module: "M", path: "/chat", gateway, options },
    pending,
    (record) => {
      const handshake = new WsHandshake(facts, record)
      made.push(handshake)
      return handshake
    },
    (verdict) => void decided.push(outcome(verdict)),
  )
  return { clock, counters, errors, decided, made, hooks, pending }
}

function outcome(verdict: Verdict | undefined): unknown {
  if (verdict === undefined) return "abandoned"
  return verdict.kind === "reject" ? verdict.status : verdict.kind
}

const failure = new Error("the database is gone")
const never = new Promise<boolean>(() => undefined)

test("G6a without a hook everybody is welcome, and no handshake is made", () => {
  const { decided, made } = ask(undefined)
  expect([decided, made]).toEqual([["accept"], []])
})

test("G6a a synchronous hook decides within the call, and no timer is set", () => {
  const { decided, clock } = ask(() => false)
  expect([decided, clock.timers]).toEqual([[403], 0])
})

test("G6a the hook is called on its gateway", () => {
  const { decided, errors } = ask(function (this: Gateway) {
    return this.path === "/chat"
  })
  expect([decided, errors]).toEqual([["accept"], []])
})

test.each<[string, (handshake: WsHandshake) => unknown]>([
  [
    "throws",
    (handshake) => {
      handshake.reject(401)
      throw failure
    },
  ],
  [
    "rejects",
    (handshake) => {
      handshake.reject(401)
      return Promise.reject(failure)
    },
  ],
  [
    "answers what is no answer",
    (handshake) => {
      handshake.reject(401)
      return Promise.resolve({})
    },
  ],
])("G6c who was rejected stays rejected when the hook then %s; a failure is reported", async (how, hook) => {
  const { decided, errors } = ask(hook)
  await settled()
  expect([decided, errors]).toEqual([[401], how.startsWith("answers") ? [] : [failure]])
})

test("G6c who was rejected stays rejected when the time of the hook is up", async () => {
  const { decided, errors, clock } = ask((handshake: WsHandshake) => {
    handshake.reject(401)
    return never
  })
  await clock.advance(1_000)
  expect([decided, errors.map((error) => (error as ToniError).code)]).toEqual([[401], ["TONI_HOOK_TIMEOUT"]])
})

test("G6c who was told goodbye is told so when the hook then throws", () => {
  const { decided } = ask((handshake: WsHandshake) => {
    handshake.close(4001, "no")
    throw failure
  })
  expect(decided).toEqual(["close"])
})

test("G21a whose hook still runs at the end is turned away, and hears of it by the signal", async () => {
  const { decided, made, hooks, clock } = ask(() => never)
  const { signal } = made[0] as WsHandshake
  hooks.end()
  expect([decided, signal.aborted, clock.timers]).toEqual([[503], true, 0])
  await clock.advance(5_000)
  expect(decided).toEqual([503])
})

test("G6b a bad answer that comes after handshakeTimeout is not reported a second time", async () => {
  const { promise, open } = gate<unknown>()
  const { decided, errors, clock } = ask(() => promise)
  await clock.advance(1_000)
  open(5)
  await settled()
  expect([decided, errors.map((error) => (error as ToniError).code)]).toEqual([[503], ["TONI_HOOK_TIMEOUT"]])
})

test("G6b a rejection that comes after handshakeTimeout is reported, and decides nothing", async () => {
  const { promise, fail } = gate<unknown>()
  const { decided, errors, clock } = ask(() => promise)
  await clock.advance(1_000)
  fail(failure)
  await settled()
  expect([decided, errors[1]]).toEqual([[503], failure])
})

test("G9a a peer that vanishes decides, once; the answer comes too late", async () => {
  const { promise, open } = gate<boolean>()
  const { decided, errors, pending, made, clock } = ask(() => promise)
  const { signal } = made[0] as WsHandshake
  pending.onAbandoned?.()
  pending.onAbandoned?.()
  open(true)
  await settled()
  expect([decided, errors, signal.aborted, clock.timers]).toEqual([["abandoned"], [], true, 0])
})

test("G16b a listener of handshake.signal that throws is reported, and the peer that vanished is let go", async () => {
  const { decided, errors, pending, made } = ask(() => never)
  made[0]?.signal.addEventListener("abort", () => {
    throw failure
  })
  pending.onAbandoned?.()
  await settled()
  expect([decided, errors]).toEqual([["abandoned"], [failure]])
})

test.each<[string, unknown]>([
  ["is no function", "yes"],
  ["throws", () => raise()],
  // oxlint-disable-next-line unicorn/no-thenable -- a thenable is meant
  ["answers a thenable that throws", () => Object.defineProperty({}, "then", { get: raise })],
])("G6b a hook that %s lets nobody in: 500, and it is reported", async (_, hook) => {
  const { decided, errors } = ask(hook)
  await settled()
  expect([decided, errors.length]).toEqual([[500], 1])
})

test("what is no answer is named, with what to return", async () => {
  const { errors } = ask(() => "true")
  const fix = expect.stringContaining("Return true or false")
  expect(errors).toMatchObject([{ code: "TONI_BAD_ARGUMENT", fix, message: expect.stringContaining('"true"') }])
})

test("the decision of one handshake means nothing to another", () => {
  let kept: unknown
  ask((handshake: WsHandshake) => (kept = handshake.accept()))
  expect(ask(() => kept).decided).toEqual([500])
})

function raise(): never {
  throw failure
}

const givenUp: [why: string, giveUp: (asked: ReturnType<typeof ask>) => unknown, cause: object, reports: number][] = [
  ["its peer vanishes", ({ pending }) => pending.onAbandoned?.(), { kind: "lost" }, 0],
  ["the application closes", ({ hooks }) => hooks.end(), { kind: "shutdown", code: 1001 }, 0],
  ["it takes too long", ({ clock }) => clock.advance(1_000), { code: "TONI_HOOK_TIMEOUT" }, 1],
]

test.each(givenUp)(
  "G9a G16a when %s the signal says why, and a hook that stops for that reason is counted, not reported",
  async (_why, giveUp, cause, reports) => {
    const asked = ask(
      (handshake: WsHandshake) =>
        new Promise((_resolve, reject) => {
          handshake.signal.onabort = () => reject(handshake.signal.reason as Error)
        }),
    )
    await giveUp(asked)
    await settled()
    const reason = asked.made[0]?.signal.reason as DOMException
    expect([reason.name, reason.cause]).toEqual(["AbortError", expect.objectContaining(cause)])
    expect([asked.counters.stopped, asked.errors.length, asked.decided.length]).toEqual([1, reports, 1])
  },
)

test("G16b what a listener of handshake.signal throws is reported, and the handshake is decided", async () => {
  const asked = ask((handshake: WsHandshake) => {
    handshake.signal.addEventListener("abort", () => {
      throw failure
    })
    return never
  })
  asked.pending.onAbandoned?.()
  await settled()
  expect([asked.errors, asked.decided]).toEqual([[failure], ["abandoned"]])
})

test("G6b a hook whose promise throws when it is asked has failed once, and nothing waits for it", async () => {
  const hook = (): unknown => {
    const then = (): never => {
      throw failure
    }
    // oxlint-disable-next-line unicorn/no-thenable -- What is tested is how such objects are treated.
    return Object.defineProperty(Promise.resolve(), "then", { value: then })
  }
  const { clock, errors, decided } = ask(hook)
  await settled()
  await clock.advance(1_000)
  expect([decided, errors, clock.timers]).toEqual([[500], [failure], 0])
})
