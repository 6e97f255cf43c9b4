import type { Fault } from "../broken-adapter.ts"
import { loses, misreads, misrefuses, neverRefuses } from "./mistakes.ts"

/** For each scenario, by title, a mistake that it must notice. */
export const requests: Readonly<Record<string, Fault>> = {
  "G5a: a path without a gateway is answered with 404": neverRefuses,
  "G5a: another version than 13 is answered with 426 and told which one is spoken": misrefuses(
    "drops the headers of a refusal",
    () => ({ headers: [] }),
  ),
  "G5a: an upgrade that offers another protocol as well is a WebSocket handshake": loses("upgrade"),
  "G5a: another method than GET is answered with 405": misreads("takes every request for a GET", () => ({
    method: "GET",
  })),
  "G5a: a handshake that lacks a header is answered with 400": misreads("fills in what is missing", (request) => ({
    rawHeaders: [...request.rawHeaders, "Host", "localhost"],
  })),
  "G5a: a key that is not 16 bytes in base64 is answered with 400": neverRefuses,
  "G5a: a header that may come once and comes twice is answered with 400": misreads(
    "keeps the last of several headers with one name",
    ({ rawHeaders }) => {
      const last = new Map<string, string>()
      for (let index = 0; index < rawHeaders.length; index += 2) {
        last.set(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "")
      }
      return { rawHeaders: [...last].flat() }
    },
  ),
  "G5a: an older version of HTTP is answered with 400": misreads("takes every version of HTTP for 1.1", () => ({
    httpVersion: "1.1",
  })),
  "G5a: a list of subprotocols that is malformed is answered with 400": loses("sec-websocket-protocol"),
  "G9b: a slot is taken while the hook decides, and given back when it says no": misrefuses(
    "refuses everything with 503",
    () => ({ status: 503 }),
  ),
  "G9b: a slot is taken while onConnect runs": {
    title: "takes a connection for closed as soon as it is open",
    pending: (pending) => ({
      accept(terms, events) {
        const socket = pending.accept(terms, events)
        queueMicrotask(() => events.closed({ reason: "" }))
        return socket
      },
    }),
  },
  "G8b G5a: behind a proxy, maxConnectionsPerAddress counts the addresses that it names": loses("x-forwarded-for"),
  "G8b: addresses of one IPv6 network of 64 bits count as one": misreads(
    "hands over the name of a header in the place of its value",
    ({ rawHeaders }) => ({
      rawHeaders: rawHeaders.map((text, index) => (rawHeaders[index - 1] === "x-forwarded-for" ? "for" : text)),
    }),
  ),
  "G5a G21a: from the moment of app.close() it is 503": neverRefuses,
  "G5a G21a: who was let in by a hook that the closing overtook gets 503": neverRefuses,
}
