// `toni/node`: HTTP and WebSockets on Node.
export { NodeHttpAdapter } from "./adapter/node/node-http-adapter.ts"
export { NodeWebSocketAdapter } from "./adapter/node/node-websocket-adapter.ts"
export type { NodeWebSocketOptions } from "./adapter/node/node-websocket-adapter.ts"
export type { NodeServer } from "./adapter/node-upgrade/node-server.ts"
export { nodeRequest } from "./adapter/node-upgrade/node-request.ts"
