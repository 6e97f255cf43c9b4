/** Bytes that may come out of compressed messages in one turn of the event loop, for all connections together. */
const mostInTurn = 262_144
/** What every message costs, however little comes out of it. */
const perMessage = 2_048

/**
 * Few bytes can ask for much memory and work when they are inflated. So there is so much of it in a turn of the event
 * loop, and whoever comes when it is used up waits for a later turn: the others are served in between. The last message
 * may go beyond it, so a message of any size is inflated.
 */
export class InflationBudget {
  #left = mostInTurn

  get isSpent(): boolean {
    return this.#left <= 0
  }

  spend(byteLength: number): void {
    this.#left -= byteLength + perMessage
  }

  /** A turn begins. */
  renew(): void {
    this.#left = mostInTurn
  }
}
