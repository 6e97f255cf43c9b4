import type { NodeServer } from "../node-upgrade/node-server.ts"

/** The request listeners of all adapters. */
const own = new WeakSet<object>()

/** Marks a request listener as one of ours. */
export function markOwn<Listener extends object>(listener: Listener): Listener {
  own.add(listener)
  return listener
}

/** Whether somebody answers the requests of this server without us. */
export function hasForeignListener(server: NodeServer): boolean {
  return server.listeners("request").some((listener) => !own.has(listener))
}
