import type { WebSocketAdapter } from "toni"
import { NodeWebSocketAdapter, type NodeServer } from "toni/node"
import { WsWebSocketAdapter } from "toni/ws"

export type AdapterName = "node" | "ws"

/** The adapters for Node, for `describe.each`: attacks have to fail on both. */
export const adapters: readonly (readonly [name: AdapterName, make: () => WebSocketAdapter<NodeServer>])[] = [
  ["node", () => new NodeWebSocketAdapter()],
  ["ws", () => new WsWebSocketAdapter()],
]
