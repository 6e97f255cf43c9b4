import type { Fault } from "../broken-adapter.ts"
import { loses, misaccepts, misreads, neverRefuses } from "./mistakes.ts"

/** Answers the first protocol that was offered, as some libraries do when they are left to themselves. */
const answersFirst: Fault = {
  title: "answers the first protocol that was offered",
  pending: (pending) => ({
    accept(terms, events) {
      const { rawHeaders } = pending.request
      const at = rawHeaders.findIndex((text) => text.toLowerCase() === "sec-websocket-protocol")
      const [first] = at < 0 ? [undefined] : (rawHeaders[at + 1] ?? "").split(", ")
      return pending.accept({ ...terms, protocol: first }, events)
    },
  }),
}

/** For each scenario, by title, a mistake that it must notice. */
export const subprotocols: Readonly<Record<string, Fault>> = {
  "G10a: the first that the gateway speaks and the client offers is answered, else none": answersFirst,
  "G10a: every gateway speaks toni, after all that it names": misaccepts("keeps toni to itself", ({ protocol }) => ({
    protocol: protocol === "toni" ? undefined : protocol,
  })),
  "G10a: the hook sees what is offered, and may choose of it": misreads(
    "cuts a list of protocols at a dot",
    (request) => ({
      rawHeaders: request.rawHeaders.map((text) => text.replace("x.y", "x")),
    }),
  ),
  "G10a G6b: a choice that was not offered is a mistake: 500, and it is reported": neverRefuses,
  "G10b: bearer reads the header or the subprotocol, and prefers the header": loses("authorization"),
  "G10b: a credential is never answered": answersFirst,
  "G10b: a credential is never logged, nor is the query": misreads(
    "takes the query for a part of the path",
    ({ target }) => ({ target: target.replace("?", "%3F") }),
  ),
}
