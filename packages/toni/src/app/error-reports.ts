import type { Counters } from "../connection/counters.ts"
import type { ErrorPhase } from "../connection/error-phase.ts"
import { callUserCode } from "../user-code.ts"
import type { Logger } from "./logger.ts"

/** Where an error was caught (rule G16a). */
export interface ErrorContext {
  readonly phase: ErrorPhase
  /** The name of the gateway's class; `"http"` in the handler of plain HTTP requests. */
  readonly gateway: string
  /** Missing in the handshake, before there is a client. */
  readonly clientId?: string
}

/** Is told what hooks throw or reject with. */
export type ErrorListener = (error: unknown, context: ErrorContext) => void

/** What runs in each phase, by the name that its author knows. */
const hookOf: Record<ErrorPhase, string> = {
  handshake: "onHandshake",
  connect: "onConnect",
  message: "onMessage",
  disconnect: "onDisconnect",
  socket: "The socket",
  subscribe: "subscribe",
  request: "The HTTP handler",
  signal: "A listener of client.signal",
  shutdown: "shutdown",
}

/** Counts and passes on what hooks throw; nothing of it gets further (rule G16b). `logger` MUST not throw. */
export function errorReporter(counters: Counters, logger: Logger, listener: ErrorListener | undefined): ErrorListener {
  const log: ErrorListener = (error, { phase, ...where }) => {
    logger.error({ ...where, err: error }, `${hookOf[phase]} failed`)
  }
  return (error, context) => {
    counters.errors[context.phase] = (counters.errors[context.phase] ?? 0) + 1
    const failed = (failure: unknown): void => {
      logger.error({ err: failure, reported: error }, "onError failed")
    }
    callUserCode(() => (listener ?? log)(error, context), failed)
  }
}
