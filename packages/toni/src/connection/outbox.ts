import type { AdapterSocket } from "../adapter/websocket-adapter.ts"
import type { WsMessage } from "../message/ws-message.ts"

/** What `send` answers while there is room: one promise for all (rule G15b). */
export const taken: Promise<boolean> = Promise.resolve(true)
/** What `send` answers for a message that was discarded. */
export const discarded: Promise<boolean> = Promise.resolve(false)

/** What became of a message that was offered. */
export type Offer = "taken" | "discarded" | "over-limit"

/** Backpressure out: judges what may be taken, and tells waiting senders when there is room again. */
export class Outbox {
  readonly #socket: AdapterSocket
  readonly #limit: number
  #waiting: Promise<boolean> | undefined
  #release: ((taken: boolean) => void) | undefined

  constructor(socket: AdapterSocket, limit: number) {
    this.#socket = socket
    this.#limit = limit
  }

  get hasRoom(): boolean {
    return this.#socket.pendingBytes <= this.#limit / 4
  }

  /** Whether a message of any size may be taken: always when nothing is pending, else up to the limit (rule G15c). */
  judge(message: WsMessage, volatile: boolean): Offer {
    const socket = this.#socket
    const pending = socket.pendingBytes
    if (pending === 0) return "taken"
    if (volatile && pending > this.#limit / 4) return "discarded"
    // Text that is short enough in any case need not be encoded to be measured: a unit takes three bytes at the most.
    const { payload } = message
    if (pending + (typeof payload === "string" ? payload.length * 3 : payload.byteLength) <= this.#limit) return "taken"
    if (pending + message.byteLength <= this.#limit) return "taken"
    socket.flush()
    if (socket.pendingBytes === 0 || socket.pendingBytes + message.byteLength <= this.#limit) return "taken"
    return volatile ? "discarded" : "over-limit"
  }

  /** Resolves when pending bytes are down to a quarter of the limit, or the connection has ended (rule G15b). */
  room(): Promise<boolean> {
    if (this.hasRoom) return taken
    return (this.#waiting ??= new Promise((resolve) => (this.#release = resolve)))
  }

  /** To be called when pending bytes were written, and when the connection has ended. */
  settle(ended: boolean): void {
    if (this.#release === undefined || (!ended && !this.hasRoom)) return
    this.#release(true)
    this.#release = undefined
    this.#waiting = undefined
  }
}
