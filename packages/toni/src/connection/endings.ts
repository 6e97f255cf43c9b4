import type { SocketEnd } from "../adapter/websocket-adapter.ts"
import { CloseCode, retryReason } from "../message/close-code.ts"
import type { DisconnectReason } from "../message/disconnect-reason.ts"

/** A way in which we close a connection: what `onDisconnect` will be told, and what the peer gets to see. */
export interface Ending {
  readonly cause: DisconnectReason
  readonly code: number
  readonly reason: string
}

/** By `client.close()`. */
export function closing(code: number, reason: string): Ending {
  return { cause: { kind: "server", code, reason }, code, reason }
}

/** By a drain. */
export function draining(code: 1001 | 1012): Ending {
  return { cause: { kind: "shutdown", code }, code, reason: "server is shutting down" }
}

/** By the peer, which does not read what it is sent (rule G15c). */
export function slowConsumer(pendingBytes: number): Ending {
  return { cause: { kind: "slow-consumer", pendingBytes }, code: CloseCode.tryAgainLater, reason: "slow consumer" }
}

/** By an `onConnect` that failed (rule G11b); why is for the log, not for the peer. */
export const connectFailed: Ending = closing(CloseCode.internalError, "")

/** By the calendar (rule G19). */
export const expired: Ending = { cause: { kind: "expired" }, code: CloseCode.unauthorized, reason: "expired" }

/** By the peer, which sends more than `rateLimit` (rule G20a); who may come back is told when (rule G7b). */
export function overRate(code: 1008 | 4429, secondsToWait: number): Ending {
  const reason = retryReason(code === 4429 ? secondsToWait : undefined, "rate limit")
  return { cause: { kind: "limit", limit: "rateLimit", code }, code, reason }
}

/** By the peer, which sends faster than its handler takes, where the runtime cannot stop reading (rule G12c). */
export const inboxFull: Ending = {
  cause: { kind: "limit", limit: "inbox", code: CloseCode.tryAgainLater },
  code: CloseCode.tryAgainLater,
  reason: "inbox full",
}

/** By `client.terminate()`: nothing goes over the wire. */
export const terminated: DisconnectReason = { kind: "server", code: CloseCode.abnormal, reason: "terminated" }

/** How the peer has ended it, where nobody did before. */
export function endedByPeer({ code, reason, error }: SocketEnd): DisconnectReason {
  if (code !== undefined) return { kind: "client", code, reason }
  return error === undefined ? { kind: "lost" } : { kind: "lost", error }
}
