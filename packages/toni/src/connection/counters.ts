import type { DisconnectReason } from "../message/disconnect-reason.ts"
import type { ErrorPhase } from "./error-phase.ts"

/** Plain numbers that only grow, except where they say otherwise. */
export interface Counters {
  /** Connections that are open now: from the upgrade until the socket is gone. */
  connections: number
  messagesIn: number
  messagesOut: number
  /** Bytes of payload. */
  bytesIn: number
  bytesOut: number
  /** Messages discarded by policy (`slowConsumer: "drop"`, `volatile`). */
  discarded: number
  /** How often connections were turned away because the process could open no more files; counted once a second. */
  outOfFiles: number
  /** Messages that came in and were dropped before a handler had them (rules G13b and G13c). */
  dropped: number
  /** Hooks that stopped because `client.signal` aborted (rule G16a). */
  stopped: number
  closes: Partial<Record<DisconnectReason["kind"], number>>
  /** Refused upgrades by HTTP status. */
  refusals: Record<number, number>
  errors: Partial<Record<ErrorPhase, number>>
}

export function newCounters(): Counters {
  return {
    connections: 0,
    messagesIn: 0,
    messagesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    discarded: 0,
    outOfFiles: 0,
    dropped: 0,
    stopped: 0,
    closes: {},
    refusals: {},
    errors: {},
  }
}
