import type {
  AdapterSocket,
  PendingUpgrade,
  SocketEvents,
  UpgradeDoor,
  WebSocketAdapter,
  WebSocketSupport,
} from "../adapter/websocket-adapter.ts"
import type { ConformanceHost } from "./scenario.ts"

/** One deliberate mistake of an adapter: what it does differently from the one that it breaks. */
export interface Fault {
  /** The mistake, as a sentence about the adapter. */
  readonly title: string
  /** What it declares otherwise. */
  readonly supports?: Partial<WebSocketSupport>
  pending?(pending: PendingUpgrade): Partial<PendingUpgrade>
  socket?(socket: AdapterSocket): Partial<AdapterSocket>
  events?(events: SocketEvents): Partial<SocketEvents>
}

/** A host whose adapter makes one mistake, and is right otherwise. */
export function breakHost<Server>(host: ConformanceHost<Server>, fault: Fault): ConformanceHost<Server> {
  return { ...host, webSocketAdapter: () => breakAdapter(host.webSocketAdapter(), fault) }
}

function breakAdapter<Server>(adapter: WebSocketAdapter<Server>, fault: Fault): WebSocketAdapter<Server> {
  return {
    name: `${adapter.name}, broken: ${fault.title}`,
    supports: { ...adapter.supports, ...fault.supports },
    attach(server, door, options) {
      const broken: UpgradeDoor = {
        owns: (target) => door.owns(target),
        upgrade: (pending) => door.upgrade(breakUpgrade(pending, fault)),
        failed: (error) => door.failed(error),
      }
      return adapter.attach(server, broken, options)
    },
  }
}

function breakUpgrade(pending: PendingUpgrade, fault: Fault): PendingUpgrade {
  const accepting = replace(pending, {
    accept(terms, events) {
      const socket = pending.accept(terms, replace(events, fault.events?.(events)))
      return socket && replace(socket, fault.socket?.(socket))
    },
  })
  return replace(accepting, fault.pending?.(accepting))
}

/** The object with some of its members replaced; everything else goes to the object itself. */
function replace<Target extends object>(target: Target, members: Partial<Target> = {}): Target {
  return new Proxy(target, {
    get(_target, name) {
      const owner: object = Reflect.has(members, name) ? members : target
      const value: unknown = Reflect.get(owner, name, owner)
      return typeof value === "function" ? (value.bind(owner) as unknown) : value
    },
    // A member that is replaced never reaches the object: `{ onAbandoned: undefined }` is one that is never called.
    set: (_target, name, value) => Reflect.set(Reflect.has(members, name) ? members : target, name, value),
  })
}
