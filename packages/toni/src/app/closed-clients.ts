import type { Clock } from "../clock.ts"
import type { HostedConnection } from "../connection/connection-host.ts"
import { ReasonLog, type LogLine } from "../gateway/reason-log.ts"
import type { DisconnectReason } from "../message/disconnect-reason.ts"

/**
 * Logs the clients that were closed for what they did: over a limit, against the protocol, or not reading. Whoever reads
 * the log of a client that was cut off finds out why. Clients that come and go by themselves are no lines.
 */
export class ClosedClients {
  readonly #log: ReasonLog

  constructor(clock: Clock, log: LogLine) {
    this.#log = new ReasonLog(clock, log, { one: "Client closed", more: "More clients closed" })
  }

  note({ id, gateway }: HostedConnection, cause: DisconnectReason): void {
    const because = becauseOf(cause)
    if (because === undefined) return
    const { code, reason, detail } = because
    this.#log.write({ reason: `${gateway}: ${reason}`, fields: { code, gateway, clientId: id, detail } })
  }

  /** Says what is left to say, and leaves no timer. */
  end(): void {
    this.#log.end()
  }
}

function becauseOf(
  cause: DisconnectReason,
): { readonly code: number; readonly reason: string; readonly detail: string } | undefined {
  switch (cause.kind) {
    case "limit":
      return { code: cause.code, reason: cause.limit, detail: `It went over ${cause.limit}.` }
    case "protocol-error":
      return { code: cause.code, reason: cause.kind, detail: `It broke the protocol: ${cause.message}` }
    case "slow-consumer":
      return { code: 1013, reason: cause.kind, detail: `It did not read: ${cause.pendingBytes} bytes were waiting.` }
    case "client":
    case "server":
    case "expired":
    case "shutdown":
    case "timeout":
    case "lost":
      return undefined
  }
}
