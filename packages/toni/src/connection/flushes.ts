import type { AdapterSocket } from "../adapter/websocket-adapter.ts"
import { Deferred } from "./deferred.ts"

interface Flush {
  /** What has to have been handed over. */
  readonly mark: number
  readonly deferred: Deferred<void>
}

const done = Promise.resolve()

/** Those who wait until what was sent before has been handed to the operating system (rule G15d), first come first. */
export class Flushes {
  readonly #waiting: Flush[] = []

  /** What nobody has to wait for is answered with one promise. */
  static when({ taken, handedOver }: AdapterSocket, flushes: () => Flushes): Promise<void> {
    return handedOver >= taken ? done : flushes().#reaching(taken)
  }

  /** So much has been handed over. */
  reached(handedOver: number): void {
    const next = this.#waiting.findIndex(({ mark }) => mark > handedOver)
    for (const { deferred } of this.#waiting.splice(0, next < 0 ? Infinity : next)) deferred.resolve()
  }

  #reaching(mark: number): Promise<void> {
    const last = this.#waiting.at(-1)
    if (last?.mark === mark) return last.deferred.promise
    const deferred = new Deferred<void>()
    this.#waiting.push({ mark, deferred })
    return deferred.promise
  }
}
