import type { AdapterSocket } from "../../adapter/websocket-adapter.ts"
import { WsMessage } from "../../message/ws-message.ts"
import type { Fault } from "../broken-adapter.ts"

const alwaysPending: Fault = {
  title: "says that bytes are pending when there are none",
  socket: () => ({ pendingBytes: 16_000_000 }),
}

const neverPending: Fault = {
  title: "says that nothing is pending although the peer does not read",
  socket: () => ({ pendingBytes: 0 }),
}

const neverWritable: Fault = {
  title: "does not tell when pending bytes were written",
  events: () => ({ writable: () => undefined }),
}

const handsOverAtOnce: Fault = {
  title: "says that all was handed over while it still waits",
  socket: (socket) => ({
    get handedOver() {
      return socket.taken
    },
  }),
}

const countsAsWritten: Fault = {
  title: "counts as written what nobody took",
  socket() {
    let flushed = 0
    return {
      get bytesFlushed() {
        return flushed++
      },
    }
  },
}

/** For each scenario, by title, a mistake that it must notice. */
export const sending: Readonly<Record<string, Fault>> = {
  "G15a: send answers true for what was taken, and false once the connection is gone": {
    title: "drops what it is to send",
    socket: () => ({ send: (message) => message.byteLength }),
  },
  "G15a: an argument that cannot be sent throws at the call, and the connection serves on": {
    title: "sends every text as an empty one",
    socket: (socket) => ({ send: () => socket.send(WsMessage.text("")) }),
  },
  "G15a H1: a thousand messages arrive in the order in which they were sent": {
    title: "sends pairs of messages in reverse",
    socket: (socket) => ({ send: sendInReverse(socket) }),
  },
  "G15b: while there is room, send answers one shared promise": alwaysPending,
  "G15b: send waits for a peer that does not read, until it reads": neverPending,
  "G15b: a send that waits is let go when the connection ends": {
    title: "does not tell that the connection is gone",
    events: () => ({ closed: () => undefined }),
  },
  "G15d: an array that was sent may be changed once flushed() has resolved": handsOverAtOnce,
  "G15d: who waits for flushed() is let go when the connection ends": handsOverAtOnce,
  "G15c: a message of any size is taken while nothing is pending": alwaysPending,
  "G15c: what comes on top of the limit closes the client as a slow consumer, with 1013": neverPending,
  'G15c: with slowConsumer: "drop" new messages are discarded and counted, and the client stays': neverPending,
  "G15c: a volatile message is discarded while there is no room, and taken when there is": neverWritable,
  'G15c: a peer that takes nothing for stallTimeout is closed as a slow consumer, with slowConsumer: "close"':
    countsAsWritten,
  'G15c: a peer that takes nothing for stallTimeout is closed as a slow consumer, with slowConsumer: "drop"':
    countsAsWritten,
  "G15c: a peer that takes one big message little by little is no slow consumer, however long it takes": {
    title: "counts a message as written only when all of it is",
    socket: (socket) => ({
      get bytesFlushed() {
        return socket.pendingBytes === 0 ? socket.bytesFlushed : 0
      },
    }),
  },
}

function sendInReverse(socket: AdapterSocket): AdapterSocket["send"] {
  let held: WsMessage | undefined
  return (message) => {
    if (held === undefined) {
      held = message
      return message.byteLength
    }
    socket.send(message)
    socket.send(held)
    held = undefined
    return message.byteLength
  }
}
