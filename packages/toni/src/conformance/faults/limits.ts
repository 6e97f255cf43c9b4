import type { Fault } from "../broken-adapter.ts"
import { loses } from "./mistakes.ts"

const knowsNoLimits: Fault = {
  title: "ignores the limits that it is given",
  pending: (pending) => ({
    accept: (terms, events) =>
      pending.accept({ ...terms, limits: { maxPayload: Infinity, maxFragments: Infinity } }, events),
  }),
}

const isTooStrict: Fault = {
  title: "takes a limit for the first size that is too much",
  pending: (pending) => ({
    accept(terms, events) {
      const { maxPayload, maxFragments } = terms.limits
      return pending.accept(
        { ...terms, limits: { maxPayload: maxPayload - 1, maxFragments: maxFragments - 1 } },
        events,
      )
    },
  }),
}

const hidesEnd: Fault = {
  title: "does not tell that a connection is gone",
  events: () => ({ closed: () => undefined }),
}

const isDeaf: Fault = {
  title: "does not count what it receives",
  socket: () => ({ bytesReceived: 0 }),
}

const acceptsRefused: Fault = {
  title: "answers 101 although it is told to refuse",
  pending: (pending) => ({
    refuse() {
      const limits = { maxPayload: 1, maxFragments: 1 }
      const nobody = { message() {}, writable() {}, violation() {}, failed() {}, closed() {} }
      pending.accept({ protocol: undefined, headers: [], limits }, nobody)
    },
  }),
}

/** For each scenario, by title, a mistake that it must notice. */
export const limits: Readonly<Record<string, Fault>> = {
  "G20a: a message of exactly maxPayload is taken, one byte more closes with 1009": isTooStrict,
  "G20a: maxPayload counts a message in fragments as a whole": isTooStrict,
  "G20a: a message of exactly maxFragments frames is taken, one more closes with 1008": isTooStrict,
  "G20a: a limit that one client breaks leaves the others alone": knowsNoLimits,
  "G20a G5a: over maxConnections an upgrade is refused with 503, until somebody leaves": acceptsRefused,
  "G20a G5a: over maxConnectionsPerAddress it is refused with 429, for that address": {
    title: "takes every peer for the same one",
    pending: (pending) => ({ request: { ...pending.request, remoteAddress: "127.0.0.1" } }),
  },
  "G7b G20a: over rateLimit a client that offers toni is closed with 4429": loses("sec-websocket-protocol"),
  "G20a: over rateLimit a client is closed with 1008; within it time refills": {
    title: "delivers every message twice",
    events: (events) => ({
      message(data, text) {
        events.message(data, text)
        events.message(data, text)
      },
    }),
  },
  "G20b: a silent peer is pinged after the interval, and one that answers stays": isDeaf,
  "G20b: a peer that answers no ping is cut after the timeout, within a second": {
    title: "counts what was never received",
    socket() {
      let received = 0
      return {
        get bytesReceived() {
          return received++
        },
      }
    },
  },
  "G20b: any traffic counts as life, so who talks is not pinged": isDeaf,
  "G20b: one timer serves all connections, and none is left without any": hidesEnd,
  "G20d: a gateway's option comes before the application's, and both before the built-in one": knowsNoLimits,
}
