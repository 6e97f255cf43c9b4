import { ToniError } from "../errors.ts"
import type { ConnectionOptions } from "./connection-options.ts"

const hookOf = { connect: "onConnect", message: "onMessage", disconnect: "onDisconnect" } as const

/** `onConnect` of a client that is there took longer than it may (rule G11b). */
export function hookTooLate({ connectTimeout }: ConnectionOptions): ToniError {
  return new ToniError("TONI_HOOK_TIMEOUT", `onConnect did not settle within connectTimeout (${connectTimeout} ms).`)
}

/**
 * Hooks of a client that is gone are not waited for any longer (rule G13c): so many still run, and so many messages
 * that waited behind them are dropped. `isHurried`: it was a drain that had no more time.
 */
export function hookAbandoned(
  stage: keyof typeof hookOf,
  hooks: number,
  dropped: number,
  isHurried: boolean,
  options: ConnectionOptions,
): ToniError {
  const option = stage === "connect" ? "connectTimeout" : "settleTimeout"
  const limit = isHurried ? "the timeout of close()" : `${option} (${options[option]} ms)`
  const running = hooks === 1 ? `${hookOf[stage]} was` : `${hooks} calls of ${hookOf[stage]} were`
  const lost =
    dropped === 0 ? "" : `; ${dropped} message${dropped === 1 ? "" : "s"} that waited behind it will not be handled`
  return new ToniError("TONI_HOOK_TIMEOUT", `${running} still running when ${limit} had passed${lost}.`, {
    fix: `Have the hook stop when client.signal aborts, or raise ${isHurried ? limit : option}.`,
  })
}
