import type { TestClient } from "../adapter/memory/test-client.ts"
import type { WsClient } from "../connection/ws-client.ts"
import type { Gateway } from "../gateway/gateway.ts"
import type { DisconnectReason } from "../message/disconnect-reason.ts"
import { WsMessage } from "../message/ws-message.ts"
import { gate } from "./scenario.ts"

/** A gateway on `/watched` that keeps an account of what happens to it. */
export interface Watched extends Gateway {
  /** The reasons that `onDisconnect` was told. */
  readonly reasons: readonly DisconnectReason[]
  /** The first of them, when it has come. */
  readonly left: Promise<DisconnectReason>
}

/** Watches a gateway of these hooks; without an `onMessage` it answers every message with the same. */
export function watched(hooks: Partial<Omit<Gateway, "path">> = {}): Watched {
  const reasons: DisconnectReason[] = []
  const left = gate<DisconnectReason>()
  return {
    path: "/watched",
    onMessage: (client, message) => client.send(message),
    ...hooks,
    reasons,
    left: left.promise,
    onDisconnect(client, reason) {
      reasons.push(reason)
      left.open(reason)
      return hooks.onDisconnect?.(client, reason)
    },
  }
}

/** Resolves when everything that a peer has sent so far has been read: the pong comes in its turn. */
export async function allRead(peer: TestClient): Promise<void> {
  peer.send(WsMessage.ping())
  while ((await peer.nextControl()).kind !== "pong");
}

/** Resolves when the socket of a client is gone. */
export function gone({ signal }: WsClient): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener("abort", () => resolve())
  })
}
