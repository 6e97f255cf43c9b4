import type { AdapterSocket } from "../adapter/websocket-adapter.ts"

export interface PulseLimits {
  readonly heartbeat: { readonly interval: number; readonly timeout: number }
  readonly stallTimeout: number
}

export type Symptom = "none" | "silent" | "timeout" | "stalled"

const goldenRatio = (Math.sqrt(5) - 1) / 2

/** What it is judged by. */
export type PulseSigns = Pick<AdapterSocket, "bytesReceived" | "bytesFlushed" | "pendingBytes">

/**
 * Judges from the outside, once a second, whether a peer is alive and takes what it is sent (rules G15c and G20b).
 * Times are whole milliseconds in the terms of `Sweep.now()`: fractions would be an object each.
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

  /**
   * How much earlier than after `interval` a peer is pinged first, up to half of it: peers that came together answer
   * apart, and are pinged apart from then on. Neighbours in seat are far apart in time.
   */
  static lead(seat: number, interval: number): number {
    return interval === Infinity ? 0 : ((seat * goldenRatio) % 1) * (interval / 2)
  }

  /** `reading` is false while we do not read: then silence proves nothing, and pong deadlines stop (rule G12c). */
  check(signs: PulseSigns, { heartbeat, stallTimeout }: PulseLimits, now: number, reading: boolean): Symptom {
    if (signs.pendingBytes > 0) {
      const { bytesFlushed } = signs
      if (bytesFlushed !== this.#stalled?.flushed) this.#stalled = { flushed: bytesFlushed, since: now }
      else if (now - this.#stalled.since >= stallTimeout) return "stalled"
    } else if (this.#stalled !== undefined) this.#stalled = undefined
    const { bytesReceived } = signs
    if (bytesReceived !== this.#received) {
      this.#received = bytesReceived
      this.#heardAt = now
      this.#pingedAt = undefined
    }
    if (this.#pingedAt === undefined || !reading) {
      if (now - (this.#pingedAt ?? this.#heardAt) < heartbeat.interval) return "none"
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
