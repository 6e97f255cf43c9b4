import type { EventEmitter } from "node:events"

type Listener = (...args: unknown[]) => void

/**
 * Puts a catch around the listeners that an emitter has for these events, so that what the code of somebody else throws
 * there ends one socket and not the process. Whoever added a listener can still take it off.
 */
export function guardListeners(
  emitter: EventEmitter,
  events: readonly string[],
  failed: (error: unknown) => void,
): void {
  for (const event of events) {
    for (const listener of emitter.listeners(event) as Listener[]) {
      emitter.off(event, listener)
      emitter.on(event, guarded(listener, failed))
    }
  }
}

function guarded(listener: Listener, failed: (error: unknown) => void): Listener {
  const calls = function (this: unknown, ...args: unknown[]): void {
    try {
      listener.apply(this, args)
    } catch (error) {
      failed(error)
    }
  }
  // By this member emitters of Node know a listener that was wrapped; `once` does the same.
  return Object.assign(calls, { listener })
}
