import type { PendingUpgrade } from "../../adapter/websocket-adapter.ts"
import type { Fault } from "../broken-adapter.ts"

function withCompression(title: string, compression: { threshold: number } | false, maxPayload?: number): Fault {
  return {
    title,
    pending: (pending: PendingUpgrade) => ({
      accept: (terms, events) => {
        const limits = { ...terms.limits, compression, ...(maxPayload !== undefined && { maxPayload }) }
        return pending.accept({ ...terms, limits }, events)
      },
    }),
  }
}

const never = withCompression("never compresses", false)
const always = withCompression("compresses although nobody asked for it", { threshold: 1 })
const boundless = withCompression("inflates without bounds", { threshold: 1 }, Infinity)
const mute: Fault = { title: "drops what it is to send", socket: () => ({ send: () => 0 }) }
const keepsOpen: Fault = {
  title: "does not tell of a violation, nor of the end",
  events: () => ({ closed: () => undefined }),
  socket: () => ({ send: () => 0 }),
}

/** For each scenario, by title, a mistake that it must notice. */
export const compression: Readonly<Record<string, Fault>> = {
  "G20a: compression is agreed on with a peer who offers it, without context takeover, where the gateway asks for it":
    never,
  "G20a: compression is agreed on with the first offer that can be met, whichever header has it, and keeps to its window":
    never,
  "G20a: compression counts maxPayload on the inflated message in fragments too, however small they are": boundless,
  "G20a: compression inflates stored blocks, and those that say they are final": never,
  "G20a: compression is said of a message by its first frame alone: RSV1 anywhere else closes with 1002": keepsOpen,
  "G20a: compression that a reset cuts off, within a message or right behind one, is a loss like any other": keepsOpen,
  "G20a: compression is not agreed on by default, and a compressed frame is a protocol error then": always,
  "G20a: compression inflates what comes, whole and in fragments, and leaves what is not compressed alone": never,
  "G20a: compression counts maxPayload on the inflated message: a bomb closes with 1009": boundless,
  "G20a: compression leaves maxPayload of what is not compressed as it is": boundless,
  "G20a: compression of text that is not UTF-8 once it is inflated closes with 1007": never,
  "G20a: compression that cannot be undone closes with 1002 or 1007, and other clients are served on": keepsOpen,
  "G20a G5a: compression that is offered in a way nobody can read is declined, and the connection is served": mute,
  "G20a: compression counts what comes out: exactly maxPayload that cannot be compressed is taken, one byte more is not":
    boundless,
  "G20a: compression is declined where an offer cannot be met, and the connection is served without": mute,
}
