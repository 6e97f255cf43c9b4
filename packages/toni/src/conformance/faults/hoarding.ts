import type { AdapterSocket, SocketEvents } from "../../adapter/websocket-adapter.ts"
import type { Fault } from "../broken-adapter.ts"
import { acrossBoth } from "./socket-mistakes.ts"

type Message = Parameters<SocketEvents["message"]>

/** Seen from the core it pauses; what comes meanwhile is read, and kept. */
const hoards: Fault = acrossBoth("hoards instead of pausing", (_socket, events) => {
  const kept: Message[] = []
  let isPaused = false
  const release = (): void => {
    isPaused = false
    while (!isPaused && kept.length > 0) events().message(...(kept.shift() as Message))
  }
  return {
    socket: { pause: () => void (isPaused = true), resume: () => queueMicrotask(release) },
    events: {
      message(...message) {
        if (isPaused || kept.length > 0) kept.push(message)
        else events().message(...message)
      },
    },
  }
})

/** Answers every upgrade at once, whatever is still to be decided, and keeps what comes. */
const answersAtOnce: Fault = {
  title: "reads on while the hook decides, and keeps what comes",
  pending(pending) {
    const kept: (() => void)[] = []
    let told: SocketEvents | undefined
    const tell = (call: (events: SocketEvents) => void): void => {
      if (told && kept.length === 0) call(told)
      else kept.push(() => told && call(told))
    }
    const events: SocketEvents = {
      message: (...message) => tell((its) => its.message(...message)),
      writable: () => tell((its) => its.writable()),
      violation: (violation) => tell((its) => its.violation(violation)),
      failed: (error) => tell((its) => its.failed(error)),
      closed: (end) => tell((its) => its.closed(end)),
    }
    let socket: AdapterSocket | undefined
    const limits = { maxPayload: 1_048_576, maxFragments: 4_096 }
    queueMicrotask(() => (socket = pending.accept({ protocol: undefined, headers: [], limits }, events)))
    return {
      accept(_terms, its) {
        told = its
        queueMicrotask(() => kept.splice(0).forEach((call) => call()))
        return socket
      },
    }
  },
}

/** For each scenario, by title, a mistake that it must notice. */
export const hoarding: Readonly<Record<string, Fault>> = {
  "G12c: what a slow handler leaves unread stays with the peer, and is handled in the end": hoards,
  "G11a G12c: what comes while onConnect runs stays with the peer beyond the inbox": hoards,
  "G12c G21a: what comes in a drain stays with the peer": hoards,
  "G9a: what comes while the hook decides stays with the peer": answersAtOnce,
}
