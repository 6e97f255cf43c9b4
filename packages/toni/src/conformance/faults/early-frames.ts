import type { Fault } from "../broken-adapter.ts"
import { misreads } from "./mistakes.ts"

/** Does not hand over the first messages of a connection. */
function losesFirst(title: string, lost: number): Fault {
  return {
    title,
    events(events) {
      let count = 0
      return {
        message(data, text) {
          if (++count > lost) events.message(data, text)
        },
      }
    },
  }
}

/** For each scenario, by title, a mistake that it must notice. */
export const earlyFrames: Readonly<Record<string, Fault>> = {
  "G9a G11a: frames in the segment of the request are handled, in order": losesFirst("forgets the head", 3),
  "G9a: frames that come while the hook decides follow those of the first segment": losesFirst("forgets the head", 1),
  "G9a: more than an adapter may keep waits in the network, and is handled in the end": {
    title: "stops reading when it has kept enough, and never goes on",
    pending: (pending) => ({
      accept(terms, events) {
        const socket = pending.accept(terms, events)
        socket?.pause()
        return socket
      },
    }),
  },
  "G9a G13b: who says goodbye at once is connected, heard and disconnected": losesFirst("forgets the head", 1),
  "G7a: who has said a lot already is told goodbye all the same": {
    title: "closes with the code of a limit",
    socket: (socket) => ({ close: () => socket.close(1009, "") }),
  },
  "G5b: what is pipelined behind a refused upgrade is never answered, and the connection ends": {
    title: "leaves the connection of a refused upgrade open",
    pending: () => ({ refuse() {} }),
  },
  "G5a G5b: an upgrade request with a body is answered with 400, and the body with nothing": misreads(
    "keeps headers about a body to itself",
    ({ rawHeaders }) => ({
      rawHeaders: rawHeaders.filter(
        (_text, index) => !/^(content-length|transfer-encoding)$/i.test(rawHeaders[index & ~1] ?? ""),
      ),
    }),
  ),
  "G9a: a reset, or an end without a Close, while the hook decides is a peer that has vanished": {
    title: "does not notice that a peer vanishes before its answer",
    pending: () => ({ onAbandoned: undefined }),
  },
}
