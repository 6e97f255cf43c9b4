import { MemoryHttpAdapter } from "../adapter/memory/memory-http-adapter.ts"
import type { MemoryServer } from "../adapter/memory/memory-server.ts"
import { MemoryWebSocketAdapter } from "../adapter/memory/memory-websocket-adapter.ts"
import { NodeHttpAdapter } from "../adapter/node/node-http-adapter.ts"
import { NodeWebSocketAdapter } from "../adapter/node/node-websocket-adapter.ts"
import type { NodeServer } from "../adapter/node-upgrade/node-server.ts"
import { WsWebSocketAdapter } from "../adapter/ws/ws-websocket-adapter.ts"
import { breakHost } from "./broken-adapter.ts"
import type { ConformanceHost } from "./scenario.ts"

/** Our own adapters, as the suite runs against them. */
export const memoryHost: ConformanceHost<MemoryServer> = {
  name: "memory",
  httpAdapter: () => new MemoryHttpAdapter(),
  webSocketAdapter: () => new MemoryWebSocketAdapter(),
  connect: (server, _address, target, handshake) => server.connect(target, handshake),
}

export const wsHost: ConformanceHost<NodeServer> = {
  name: "ws",
  httpAdapter: () => new NodeHttpAdapter(),
  webSocketAdapter: () => new WsWebSocketAdapter(),
}

export const nodeHost: ConformanceHost<NodeServer> = {
  name: "node",
  httpAdapter: () => new NodeHttpAdapter(),
  webSocketAdapter: () => new NodeWebSocketAdapter(),
}

export const nodeHostWithoutSharing: ConformanceHost<NodeServer> = {
  ...nodeHost,
  name: "node, reading each socket into buffers of its own",
  webSocketAdapter: () => new NodeWebSocketAdapter({ readBuffer: "own" }),
}

const neverCalled = (): void => {
  throw new Error("The core pauses a socket that cannot pause")
}

/** Like a runtime that reads on whatever happens. */
export const memoryHostWithoutPausing: ConformanceHost<MemoryServer> = {
  ...breakHost(memoryHost, {
    title: "cannot pause",
    supports: { pause: false },
    socket: () => ({ pause: neverCalled, resume: neverCalled }),
  }),
  name: "memory, without pausing",
}

/** Like a runtime that hands over text as strings. */
export const memoryHostWithStrings: ConformanceHost<MemoryServer> = {
  ...breakHost(memoryHost, {
    title: "decodes text by itself",
    events: (events) => ({
      message: (data, text) => events.message(text ? Buffer.from(data as Uint8Array).toString() : data, text),
    }),
  }),
  name: "memory, text as strings",
}
