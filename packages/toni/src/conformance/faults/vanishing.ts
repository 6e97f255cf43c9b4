import type { Fault } from "../broken-adapter.ts"

/** Never says that a peer has vanished. */
const deaf: Fault = {
  title: "does not notice that a peer vanishes before its answer",
  pending: () => ({ onAbandoned: undefined }),
}

/** For each scenario, by title, a mistake that it must notice. */
export const vanishing: Readonly<Record<string, Fault>> = {
  "G9a G9b: a peer that vanishes aborts the signal, frees its slot, and is never let in": deaf,
  "G9a G6b: a hook that fails because its peer vanished disturbs nobody": deaf,
  "G9a: the signal of a handshake that was answered does not abort": {
    title: "takes a peer for gone although it is not",
    pending(pending) {
      queueMicrotask(() => pending.onAbandoned?.())
      return {}
    },
  },
  "G9a: a peer that sends messages and vanishes behind them is noticed": deaf,
}
