import type { Connection } from "../connection/connection.ts"
import type { Counters } from "../connection/counters.ts"

/** A snapshot of an application's counters, and of what is going on in this moment. */
export interface Metrics extends Readonly<Omit<Counters, "closes" | "refusals" | "errors">> {
  readonly closes: Readonly<Counters["closes"]>
  readonly refusals: Readonly<Counters["refusals"]>
  readonly errors: Readonly<Counters["errors"]>
  /** Bytes that wait for all clients together. */
  readonly pendingBytes: number
}

export function snapshot(counters: Counters, connections: Iterable<Connection>): Metrics {
  let pendingBytes = 0
  for (const connection of connections) pendingBytes += connection.bufferedAmount
  const { closes, refusals, errors } = counters
  return { ...counters, closes: { ...closes }, refusals: { ...refusals }, errors: { ...errors }, pendingBytes }
}
