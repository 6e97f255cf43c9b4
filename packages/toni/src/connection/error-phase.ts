/** In which part of a connection's life an error was caught (rule G16a). */
export type ErrorPhase = "handshake" | "connect" | "message" | "disconnect" | "shutdown"
