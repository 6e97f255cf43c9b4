import type { AdapterSocket } from "../../adapter/websocket-adapter.ts"
import { WsMessage } from "../../message/ws-message.ts"
import type { Fault } from "../broken-adapter.ts"
import { loses, misaccepts, misreads, misrefuses, neverRefuses } from "./mistakes.ts"

/** For each scenario, by title, a mistake that it must notice. */
export const handshake: Readonly<Record<string, Fault>> = {
  "G6a: nothing is answered before onHandshake has settled": {
    title: "answers 101 before it is told to",
    pending(pending) {
      const limits = { maxPayload: Infinity, maxFragments: Infinity }
      const ignored = { message() {}, writable() {}, violation() {}, failed() {}, closed() {} }
      const socket = pending.accept({ protocol: undefined, headers: [], limits }, ignored) as AdapterSocket
      return { accept: () => socket }
    },
  },
  "G6a: true, nothing and accept() let the client in, at once or later": misreads("loses the path", () => ({
    target: "/",
  })),
  "G6a: false refuses with 403, at once or later": neverRefuses,
  "G6a: reject() refuses with its status, message and headers": misrefuses(
    "counts characters where it should count bytes",
    ({ body }) => ({ body: body.slice(0, -1) }),
  ),
  "G6a: what is no answer lets nobody in: 500, and it is reported": neverRefuses,
  "G6b G16a: a hook that throws or rejects gives 500, is reported, and tells nothing": misrefuses(
    "refuses everything with 403",
    () => ({ status: 403 }),
  ),
  "G6b: a hook that throws after accept() lets nobody in": neverRefuses,
  "G6b: a hook that takes too long gives 503, and its answer comes too late": neverRefuses,
  "G6b: the time of a hook that has settled is over": {
    title: "terminates whoever was let in",
    socket(socket) {
      queueMicrotask(() => socket.terminate())
      return {}
    },
  },
  "G6b G16b: what a hook returns may misbehave: 500, and it is reported": neverRefuses,
  "G6c: who was rejected stays rejected, whatever is said or returned besides": neverRefuses,
  "G6a: the hook reads headers, origin and address of the request": misreads("leaves the address out", () => ({
    remoteAddress: "",
  })),
  "G6a: cookies are decoded, and their names are just names": loses("cookie"),
  "G6a G14: what the hook leaves as metadata is there from onConnect on": {
    title: "sends every message empty",
    socket: (socket) => ({ send: () => socket.send(WsMessage.text("")) }),
  },
  "G6a: accept() adds headers to the 101, cookies among them": misaccepts("drops the headers of the 101", () => ({
    headers: [],
  })),
  "G6a G6b: headers that belong to the answer itself cannot be set: 500, and reported": neverRefuses,
  "G6a G6b: a header cannot be smuggled into another one": neverRefuses,
  "G6a: a status that refuses nothing, or a moment that is none, is a mistake: 500": misrefuses(
    "refuses everything with 403",
    () => ({ status: 403 }),
  ),
}
