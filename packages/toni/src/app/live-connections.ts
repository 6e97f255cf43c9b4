import type { Connection } from "../connection/connection.ts"
import type { HostedConnection } from "../connection/connection-host.ts"
import { Roster } from "../roster.ts"

/** The connections of an application, from the accepted upgrade to the end of `onDisconnect`. */
export class LiveConnections {
  readonly #connections = new Roster<HostedConnection, Connection>()
  #waiting: (() => void)[] = []

  get size(): number {
    return this.#connections.size
  }

  add(connection: Connection): void {
    this.#connections.add(connection, connection)
  }

  delete(connection: HostedConnection): void {
    this.#connections.delete(connection)
    if (this.size > 0) return
    for (const resolve of this.#waiting) resolve()
    this.#waiting = []
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#connections[Symbol.iterator]()
  }

  whenEmpty(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve))
  }
}
