/**
 * In which part of a connection's life an error was caught (rule G16a). `"socket"`: in no hook, but in the code that
 * reads and writes; the client is lost with it. `"subscribe"`: a call of `subscribe` that nobody awaited (rule H5b).
 * `"request"`: in the handler of plain HTTP requests. `"signal"`: in a listener of `client.signal`.
 */
export type ErrorPhase =
  | "handshake"
  | "connect"
  | "message"
  | "disconnect"
  | "socket"
  | "subscribe"
  | "signal"
  | "request"
  | "shutdown"
