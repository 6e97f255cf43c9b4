// `toni/ws`: WebSockets by the ws library, which the application installs itself.
export { WsWebSocketAdapter } from "./adapter/ws/ws-websocket-adapter.ts"
