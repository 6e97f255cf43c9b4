import type { AdapterSocket, Violation } from "../../adapter/websocket-adapter.ts"
import type { Fault } from "../broken-adapter.ts"
import { misaccepts } from "./mistakes.ts"

/** Calls a violation another than it is. */
function miscalls(title: string, change: (violation: Violation) => Violation): Fault {
  return { title, events: (events) => ({ violation: (violation) => events.violation(change(violation)) }) }
}

/** Takes what broke a rule for a loss of the connection. */
const silent: Fault = { title: "does not say that a rule was broken", events: () => ({ violation() {} }) }

/** Takes what broke a rule for a Close of the peer's. */
const blamesPeer: Fault = {
  title: "takes a rule that was broken for a Close of the peer's",
  events: (events) => ({ violation() {}, closed: (end) => events.closed({ ...end, code: 1002 }) }),
}

/** Ends every connection as soon as one peer breaks a rule. */
function fallsWithAll(): Fault {
  const sockets = new Set<AdapterSocket>()
  return {
    title: "falls when it cannot allocate what is announced, and takes the others with it",
    events: (events) => ({
      violation(violation) {
        events.violation(violation)
        for (const socket of sockets) socket.terminate()
      },
    }),
    socket(socket) {
      sockets.add(socket)
      return {}
    },
  }
}

const invalidText = miscalls("takes every error for a bad frame", (violation) =>
  violation.kind === "protocol-error" ? { ...violation, code: 1002 } : violation,
)
const invalidFrame = miscalls("takes every error for bad UTF-8", (violation) =>
  violation.kind === "protocol-error" ? { ...violation, code: 1007 } : violation,
)

/** For each scenario, by title, a mistake that it must notice. */
export const violations: Readonly<Record<string, Fault>> = {
  "RFC6455-5.1 G13a: a frame that is not masked is 1002": silent,
  "RFC6455-5.2 G13a: a reserved bit is 1002": invalidFrame,
  "RFC6455-5.2 G13a: a reserved opcode is 1002": blamesPeer,
  "RFC6455-5.5 G13a: a control frame that is long or fragmented is 1002": {
    title: "goes on reading after a rule was broken",
    events: (events) => ({
      violation(violation) {
        events.message(Buffer.from("behind"), true)
        events.violation(violation)
      },
    }),
  },
  "RFC6455-5.4 G13a: fragments that do not belong together are 1002": silent,
  "RFC6455-8.1 G13a: text that is not UTF-8 is 1007": invalidText,
  "RFC6455-8.1 G13a: text that is not UTF-8 once its fragments are put together is 1007": blamesPeer,
  "RFC6455-5.5.1 G13a: a Close with half a code is 1002": blamesPeer,
  "RFC6455-7.4 G13a: a Close with a code that nobody may send is 1002": blamesPeer,
  "RFC6455-8.1 G13a: a Close whose reason is not UTF-8 is 1007": invalidText,
  "G20a: more than maxPayload is 1009": misaccepts("knows no limit", ({ limits }) => ({
    limits: { ...limits, maxPayload: Infinity },
  })),
  "G20a: a length over maxPayload is judged by the header, before a byte of it has come": misaccepts(
    "judges a length when all of it has come",
    ({ limits }) => ({ limits: { ...limits, maxPayload: Infinity } }),
  ),
  "G20a RFC6455-5.2: a length of 64 bits is refused at once, even when maxPayload is unlimited": fallsWithAll(),
  "RFC6455-5.2: a length in more bytes than it takes is refused with 1002, or read as what it says": {
    title: "reads a length of two bytes as one of one",
    events: (events) => ({ message: (data, text) => events.message(data.slice(1), text) }),
  },
  "G20a: more frames than maxFragments is 1008, empty ones too": miscalls(
    "takes every limit for maxPayload",
    (violation) => (violation.kind === "limit" ? { kind: "limit", limit: "maxPayload", code: 1009 } : violation),
  ),
}
