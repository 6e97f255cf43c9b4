import type { AdapterSocket } from "../adapter/websocket-adapter.ts"

export interface PulseLimits {
  readonly heartbeat: { readonly interval: number; readonly timeout: number }
  readonly stallTimeout: number
}

export type Symptom = "none" | "silent" | "timeout" | "stalled"

/** Judges from the outside, once a second, whether a peer is alive and takes what it is sent (rules G15c and G20b). */
export class Pulse {
  readonly #socket: AdapterSocket
  readonly #limits: PulseLimits
  #received: number
  #heardAt: number
  #pingedAt: number | undefined
  #flushed: number
  #progressAt: number

  constructor(socket: AdapterSocket, limits: PulseLimits, now: number) {
    this.#socket = socket
    this.#limits = limits
    this.#received = socket.bytesReceived
    this.#flushed = socket.bytesFlushed
    this.#heardAt = now
    this.#progressAt = now
  }

  /** `reading` is false while we do not read: then silence proves nothing, and pong deadlines stop (rule G12c). */
  check(now: number, reading: boolean): Symptom {
    if (this.#isStalled(now)) return "stalled"
    const { interval, timeout } = this.#limits.heartbeat
    const received = this.#socket.bytesReceived
    if (received !== this.#received) {
      this.#received = received
      this.#heardAt = now
      this.#pingedAt = undefined
    }
    if (this.#pingedAt === undefined || !reading) {
      const quietSince = Math.max(this.#heardAt, this.#pingedAt ?? 0)
      if (now - quietSince < interval) return "none"
      this.#pingedAt = now
      return "silent"
    }
    return now - this.#pingedAt >= timeout ? "timeout" : "none"
  }

  /** Reading goes on after a pause: the peer gets the whole `timeout` again to be heard. */
  resumed(now: number): void {
    if (this.#pingedAt !== undefined) this.#pingedAt = now
  }

  #isStalled(now: number): boolean {
    const flushed = this.#socket.bytesFlushed
    if (this.#socket.pendingBytes === 0 || flushed !== this.#flushed) {
      this.#flushed = flushed
      this.#progressAt = now
      return false
    }
    return now - this.#progressAt >= this.#limits.stallTimeout
  }
}
