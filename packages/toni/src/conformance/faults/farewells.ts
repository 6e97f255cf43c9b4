import type { Fault } from "../broken-adapter.ts"
import { loses, misaccepts } from "./mistakes.ts"

/** For each scenario, by title, a mistake that it must notice. */
export const farewells: Readonly<Record<string, Fault>> = {
  "G7a: close() accepts and closes at once; the gateway never sees the client": {
    title: "cuts where it should close",
    socket: (socket) => ({ close: () => socket.terminate() }),
  },
  "G7a: a protocol that the client offered is answered, or a browser would not listen": misaccepts(
    "answers no protocol",
    () => ({ protocol: undefined }),
  ),
  "G7a G21b: nothing is left of who was turned away, and closing waits for nobody": {
    title: "does not say that a connection has ended",
    events: () => ({ closed() {} }),
  },
  "G7a G6c: a forgotten return does not take a close() back": {
    title: "closes with 1000, whatever the code",
    socket: (socket) => ({ close: (_code, reason) => socket.close(1000, reason) }),
  },
  "G7b: who offers toni is told a rejection by close code": {
    title: "drops the reason of a Close",
    socket: (socket) => ({ close: (code) => socket.close(code, "") }),
  },
  "G7b: what Retry-After would say stands in the reason, which fits a Close": {
    title: "drops the reason of a Close",
    socket: (socket) => ({ close: (code) => socket.close(code, "") }),
  },
  "G7b G9b: who is told goodbye and does not answer keeps the slot until the connection is gone": {
    title: "says too early that a connection has ended",
    events: (events) => {
      queueMicrotask(() => events.closed({ reason: "" }))
      return {}
    },
  },
  "G7b: only so many are told goodbye at a time who have no slot of a gateway; who comes then is told by status": {
    title: "does not say that a connection has ended",
    events: () => ({ closed() {} }),
  },
  "G7b: so are the rejections that are not the hook's": loses("sec-websocket-protocol"),
  "G7b G21a: who offers toni while the application closes gets 1013": {
    title: "closes with 1001, whatever the code",
    socket: (socket) => ({ close: (_code, reason) => socket.close(1001, reason) }),
  },
  "G7a G18b: a peer that does not answer the Close is cut after closeTimeout": {
    title: "waits for ever where it should cut",
    socket: () => ({ terminate() {} }),
  },
}
