import type { AdapterSocket } from "../adapter/websocket-adapter.ts"

export interface PulseLimits {
  readonly heartbeat: { readonly interval: number; readonly timeout: number }
  readonly stallTimeout: number
}

export type Symptom = "none" | "silent" | "timeout" | "stalled"

/** What it is judged by. */
export type PulseSigns = Pick<AdapterSocket, "bytesReceived" | "bytesFlushed" | "pendingBytes">

/**
 * Judges from the outside, once a second, whether a peer is alive and takes what it is sent (rules G15c and G20b).
 * Times are whole milliseconds: fractions would be an object each.
 */
export class Pulse {
  #received: number
  #heardAt: number
  #pingedAt: number | undefined
  /** Since when bytes wait, and how many had been flushed then. */
  #stalled: { readonly flushed: number; readonly since: number } | undefined

  constructor({ bytesReceived }: PulseSigns, now: number) {
    this.#received = bytesReceived
    this.#heardAt = Math.trunc(now)
  }

  /** `reading` is false while we do not read: then silence proves nothing, and pong deadlines stop (rule G12c). */
  check(signs: PulseSigns, { heartbeat, stallTimeout }: PulseLimits, time: number, reading: boolean): Symptom {
    const now = Math.trunc(time)
    const { bytesFlushed, bytesReceived, pendingBytes } = signs
    if (pendingBytes === 0) this.#stalled = undefined
    else if (bytesFlushed !== this.#stalled?.flushed) this.#stalled = { flushed: bytesFlushed, since: now }
    else if (now - this.#stalled.since >= stallTimeout) return "stalled"
    if (bytesReceived !== this.#received) {
      this.#received = bytesReceived
      this.#heardAt = now
      this.#pingedAt = undefined
    }
    if (this.#pingedAt === undefined || !reading) {
      const quietSince = Math.max(this.#heardAt, this.#pingedAt ?? 0)
      if (now - quietSince < heartbeat.interval) return "none"
      this.#pingedAt = now
      return "silent"
    }
    return now - this.#pingedAt >= heartbeat.timeout ? "timeout" : "none"
  }

  /** Reading goes on after a pause: the peer gets the whole `timeout` again to be heard. */
  resumed(now: number): void {
    if (this.#pingedAt !== undefined) this.#pingedAt = Math.trunc(now)
  }
}
