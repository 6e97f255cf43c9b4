import type { Connection } from "../connection/connection.ts"
import type { HostedConnection } from "../connection/connection-host.ts"

/**
 * The connections of an application, from the accepted upgrade to the end of `onDisconnect`. Each knows its seat, so
 * that coming and going cost nothing but that.
 */
export class LiveConnections {
  readonly #connections: Connection[] = []
  #waiting: (() => void)[] = []

  get size(): number {
    return this.#connections.length
  }

  at(seat: number): Connection | undefined {
    return this.#connections[seat]
  }

  add(connection: Connection): void {
    connection.seat = this.#connections.push(connection) - 1
  }

  /** The last one takes the seat. */
  delete(connection: HostedConnection): void {
    const { seat } = connection
    if (this.#connections[seat] !== connection) return
    const last = this.#connections.pop() as Connection
    if (last.seat !== seat) {
      this.#connections[seat] = last
      last.seat = seat
    }
    if (this.size > 0) return
    for (const resolve of this.#waiting) resolve()
    this.#waiting = []
  }

  /** As they are now: who comes or goes meanwhile changes nothing. */
  [Symbol.iterator](): Iterator<Connection> {
    return this.#connections.slice().values()
  }

  whenEmpty(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve))
  }
}
