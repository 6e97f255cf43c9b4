import type { SocketEnd } from "../../adapter/websocket-adapter.ts"
import { WsMessage } from "../../message/ws-message.ts"
import type { Fault } from "../broken-adapter.ts"

/** Tells otherwise how a connection has ended. */
function mistells(title: string, change: (end: SocketEnd) => SocketEnd): Fault {
  return { title, events: (events) => ({ closed: (end) => events.closed(change(end)) }) }
}

/** For each scenario, by title, a mistake that it must notice. */
export const controlFrames: Readonly<Record<string, Fault>> = {
  "RFC6455-5.5.2 G12d: a ping is answered with its own payload, and no hook sees it": {
    title: "sends a pong to whoever connects",
    pending: (pending) => ({
      accept(terms, events) {
        const socket = pending.accept(terms, events)
        socket?.send(WsMessage.pong(Buffer.from("unasked")))
        return socket
      },
    }),
  },
  "RFC6455-5.5.3 G12d: pings of a peer that does not read pile up no pongs": {
    title: "keeps every pong until it is read",
    socket: () => ({ pendingBytes: 25_000_000 }),
  },
  "RFC6455-5.5.3 G12d: a pong that nobody asked for is taken in silence": {
    title: "hands over pongs as messages",
    events: (events) => ({
      message(data, text) {
        events.message(Buffer.from("unasked"), false)
        events.message(data, text)
      },
    }),
  },
  "RFC6455-5.4: pings and pongs may stand between the fragments of a message, and are answered at once": {
    title: "sends a pong of its own before the one that answers",
    pending: (pending) => ({
      accept(terms, events) {
        const socket = pending.accept(terms, events)
        socket?.send(WsMessage.pong(Buffer.from("before")))
        return socket
      },
    }),
  },
  "RFC6455-5.5.1: a Close is answered with a Close that has the same code and the same reason": mistells(
    "takes every code for 1000",
    (end) => ({ ...end, code: 1000 }),
  ),
  "RFC6455-5.5.2 G12d: pings that come in one piece are all answered, in order": {
    title: "sends a pong of its own before the one that answers",
    pending: (pending) => ({
      accept(terms, events) {
        const socket = pending.accept(terms, events)
        socket?.send(WsMessage.pong(Buffer.from("before")))
        return socket
      },
    }),
  },
  "RFC6455-7.1.5: a Close without a code is answered with one without, and known as 1005": mistells(
    "takes a Close without a code for no Close",
    ({ code, ...end }) => (code === 1005 ? end : { ...end, ...(code !== undefined && { code }) }),
  ),
  "RFC6455-5.5.1: a reason may be as long as a control frame allows": mistells("cuts reasons at 100 bytes", (end) => ({
    ...end,
    reason: Buffer.from(end.reason).subarray(0, 100).toString(),
  })),
  "RFC6455-5.5.1 G13a: what comes behind a Close is ignored": mistells("keeps the last reason", (end) => ({
    ...end,
    reason: "second",
  })),
  "RFC6455-7.1.5 G13a: both sides may close in the same moment: each keeps its own code": {
    title: "answers its own Close with the peer's code",
    socket: (socket) => ({ close: () => socket.close(4002, "client") }),
  },
  "RFC6455-7.1.1 G13a: an end without a Close is a loss, in the middle of a frame too": mistells(
    "takes the end of a connection for a Close",
    (end) => ({ code: 1006, ...end }),
  ),
  "RFC6455-7.1.1 G13a: a reset is a loss": mistells("takes a reset for a Close", (end) => ({ code: 1006, ...end })),
}
