import type { Fault } from "../broken-adapter.ts"

/** For each scenario, by title, a mistake that it must notice. */
export const lifeOfAConnection: Readonly<Record<string, Fault>> = {
  "G11a: messages wait until onConnect has settled, and none is lost": {
    title: "loses every second message",
    events(events) {
      let count = 0
      return {
        message: (data, text) => {
          if (++count % 2 === 1) events.message(data, text)
        },
      }
    },
  },
  "G13a: the peer's Close reaches onDisconnect once, with its code and reason": {
    title: "forgets the reason of a Close",
    events: (events) => ({ closed: (end) => events.closed({ ...end, reason: "" }) }),
  },
}
