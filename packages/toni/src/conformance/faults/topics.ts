import { WsMessage } from "../../message/ws-message.ts"
import type { Fault } from "../broken-adapter.ts"

const sendsTwice: Fault = {
  title: "sends every message twice",
  socket: (socket) => ({
    send(message) {
      socket.send(message)
      return socket.send(message)
    },
  }),
}

/** For each scenario, by title, a mistake that it must notice. */
export const topics: Readonly<Record<string, Fault>> = {
  "H1: what is published and what is sent directly arrive in the order of the calls": {
    title: "lets every second message overtake the one before",
    socket(socket) {
      let held: WsMessage | undefined
      return {
        send(message) {
          if (held === undefined) held = message
          else {
            socket.send(message)
            socket.send(held)
            held = undefined
          }
          return message.byteLength
        },
      }
    },
  },
  "H2: a follower gets each message once; the publisher and who has left the topic get none": sendsTwice,
  "H2: subscribing twice is subscribing once": sendsTwice,
  "H3: a follower that does not read keeps nobody waiting": {
    title: "says that nothing is pending although the peer does not read",
    socket: () => ({ pendingBytes: 0 }),
  },
  "H4: a handler may publish, subscribe, unsubscribe and close while it is being published to": {
    title: "closes every connection with 1000",
    socket: (socket) => ({ close: (_code, reason) => socket.close(1000, reason) }),
  },
  "H5: when all clients are gone, nobody follows anything": {
    title: "does not tell that a connection is gone",
    events: () => ({ closed: () => undefined }),
  },
  "H5: more topics than maxTopics are an error to the caller, and the client stays": {
    title: "sends every text as an empty one",
    socket: (socket) => ({ send: () => socket.send(WsMessage.text("")) }),
  },
  "H2: the hub reaches clients by topic and by id, and leaves out whom it is told to": sendsTwice,
}
