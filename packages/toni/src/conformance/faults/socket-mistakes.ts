import type { AdapterSocket, SocketEnd, SocketEvents } from "../../adapter/websocket-adapter.ts"
import { WsMessage } from "../../message/ws-message.ts"
import type { Fault } from "../broken-adapter.ts"

// ── what comes in ──────────────────────────────────────────────────────────────────────────────────────────────────

export const losesEverySecond: Fault = {
  title: "loses every second message",
  events(events) {
    let count = 0
    return {
      message(data, text) {
        if (++count % 2 === 1) events.message(data, text)
      },
    }
  },
}

export const deliversTwice: Fault = {
  title: "delivers every message twice",
  events: (events) => ({
    message(data, text) {
      events.message(data, text)
      events.message(data, text)
    },
  }),
}

export const takesTextForBinary: Fault = {
  title: "takes text for binary",
  events: (events) => ({ message: (data) => events.message(data, false) }),
}

export const neverPauses: Fault = { title: "reads on when it is to pause", socket: () => ({ pause() {} }) }

export const stopsToRead: Fault = acrossBoth("stops to read with the first message", (socket, events) => ({
  events: {
    message(data, text) {
      events().message(data, text)
      socket().pause()
    },
  },
}))

// ── what goes out ──────────────────────────────────────────────────────────────────────────────────────────────────

export const sendsNothing: Fault = {
  title: "sends every message empty",
  socket: (socket) => ({ send: () => socket.send(WsMessage.text("")) }),
}

export const pingsByPong: Fault = {
  title: "sends a pong for a ping",
  socket: (socket) => ({ send: (message) => socket.send(message.kind === "ping" ? WsMessage.pong() : message) }),
}

// ── how we end it ──────────────────────────────────────────────────────────────────────────────────────────────────

export const closesWith1000: Fault = {
  title: "closes every connection with 1000",
  socket: (socket) => ({ close: (_code, reason) => socket.close(1000, reason) }),
}

export const closesWith1001: Fault = {
  title: "closes every connection with 1001",
  socket: (socket) => ({ close: (_code, reason) => socket.close(1001, reason) }),
}

export const closesWithoutReason: Fault = {
  title: "closes without the reason",
  socket: (socket) => ({ close: (code) => socket.close(code, "") }),
}

export const closesInsteadOfCutting: Fault = {
  title: "closes where it is to cut",
  socket: (socket) => ({ terminate: () => socket.close(1000, "") }),
}

export const neverCuts: Fault = { title: "does not cut", socket: () => ({ terminate() {} }) }

export const endsWithoutAnswer: Fault = acrossBoth("takes its own Close for the end", (socket, events) => ({
  socket: {
    close(code, reason) {
      socket().close(code, reason)
      queueMicrotask(() => events().closed({ reason: "" }))
    },
  },
}))

// ── what it tells of the end ───────────────────────────────────────────────────────────────────────────────────────

export const forgetsEnds: Fault = { title: "does not tell that a connection is gone", events: () => ({ closed() {} }) }

export const forgetsReasons: Fault = telling("forgets the reason of a Close", (end) => ({ ...end, reason: "" }))

export const forgetsCodes: Fault = telling("takes a Close without a code for a normal one", (end) => {
  return end.code === 1005 ? { ...end, code: 1000 } : end
})

export const takesLossForClose: Fault = telling("takes a loss for a Close", (end) => ({ code: 1000, ...end }))

export const takesCloseForLoss: Fault = telling("takes a Close for a loss", ({ reason }) => ({ reason }))

export const forgetsViolations: Fault = { title: "does not tell of violations", events: () => ({ violation() {} }) }

export const mistakesViolations: Fault = {
  title: "tells of another violation",
  events: (events) => ({
    violation: () => events.violation({ kind: "protocol-error", code: 1003, message: "" }),
  }),
}

function telling(title: string, change: (end: SocketEnd) => SocketEnd): Fault {
  return { title, events: (events) => ({ closed: (end) => events.closed(change(end)) }) }
}

/** A mistake for which both sides of one connection have to be at hand. */
export function acrossBoth(
  title: string,
  make: (
    socket: () => AdapterSocket,
    events: () => SocketEvents,
  ) => { readonly socket?: Partial<AdapterSocket>; readonly events?: Partial<SocketEvents> },
): Fault {
  const pairs: { socket?: AdapterSocket; events?: SocketEvents; members: ReturnType<typeof make> }[] = []
  return {
    title,
    // `accept` is given the events first, and answers with the socket, before another connection comes.
    events(events) {
      const pair: (typeof pairs)[number] = {
        members: make(
          () => pair.socket as AdapterSocket,
          () => events,
        ),
      }
      pairs.push(pair)
      return pair.members.events ?? {}
    },
    socket(socket) {
      const pair = pairs.at(-1)
      if (pair) pair.socket = socket
      return pair?.members.socket ?? {}
    },
  }
}
