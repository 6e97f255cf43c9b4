import type { Fault } from "../broken-adapter.ts"

const acceptsRefused: Fault = {
  title: "answers 101 although it is told to refuse",
  pending: (pending) => ({
    refuse() {
      const nobody = { message() {}, writable() {}, violation() {}, failed() {}, closed() {} }
      pending.accept({ protocol: undefined, headers: [], limits: { maxPayload: 1, maxFragments: 1 } }, nobody)
    },
  }),
}

const closesWithNormal: Fault = {
  title: "closes every connection with 1000",
  socket: (socket) => ({ close: (_code, reason) => socket.close(1000, reason) }),
}

const cutsInsteadOfClosing: Fault = {
  title: "cuts a connection that it is to close",
  socket: (socket) => ({ close: () => socket.terminate() }),
}

const hidesEnd: Fault = {
  title: "does not tell that a connection is gone",
  events: () => ({ closed: () => undefined }),
}

/** For each scenario, by title, a mistake that it must notice. */
export const shutdown: Readonly<Record<string, Fault>> = {
  "G21a G5a: while the application drains, an upgrade is refused with 503": acceptsRefused,
  "G21a: what runs and what is queued is handled and sent before the Close with 1001": cutsInsteadOfClosing,
  "G21a: the close code can be 1012, service restart": closesWithNormal,
  "G21a: clients are closed over the window, not all at once": closesWithNormal,
  "G21a G21b: who does not settle within the timeout is reported and closed with 1001, and still disconnects once":
    cutsInsteadOfClosing,
  "G21b: a second close answers the first one's promise, and says what became of everything": hidesEnd,
  "G21b: nothing is left of it afterwards: no timer, no client": hidesEnd,
  "G21a: a synchronous handler may close the application: its client gets a Close": cutsInsteadOfClosing,
  "G21a: a big message that is on its way is sent to its end before the Close": cutsInsteadOfClosing,
}
