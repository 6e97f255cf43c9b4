import { ToniError } from "../errors.ts"
import { showValue } from "../show-value.ts"
import { callUserCode } from "../user-code.ts"
import { consoleLogger, isConsole } from "./console-logger.ts"
import { logLevels, type LogFields, type Logger, type LogLevel } from "./logger.ts"

export interface LoggerChoice {
  /** The user's own. Default: `console`. */
  readonly logger: Logger | undefined
  /** Default: everything for a logger of the user's own; for the console what `TONI_LOG` says, else `"info"`. */
  readonly logLevel: LogLevel | undefined
  /** Milliseconds since 1970-01-01 UTC. */
  readonly date: () => number
}

/**
 * What an application logs to. Every call of a user's logger goes through here, so a logger that throws, or whose
 * promise rejects, takes nothing with it (rule G16b): there is nobody left to tell.
 */
export function applicationLogger({ logger, logLevel, date }: LoggerChoice): Logger {
  const own = logger !== undefined && !isConsole(logger) ? logger : undefined
  const least = logLevel ?? (own ? "debug" : (levelOfEnvironment() ?? "info"))
  const target = own ?? consoleLogger(date, isConsole(logger) ? logger : console)
  const method = (level: keyof Logger): Logger["info"] => {
    if (logLevels.indexOf(level) < logLevels.indexOf(least)) return () => undefined
    return (fields: LogFields, message: string) =>
      callUserCode(
        () => target[level](fields, message),
        () => undefined,
      )
  }
  return { debug: method("debug"), info: method("info"), warn: method("warn"), error: method("error") }
}

export function isLogLevel(value: unknown): value is LogLevel {
  return logLevels.includes(value as LogLevel)
}

/** The environment variable `TONI_LOG`, where the runtime has an environment. */
function levelOfEnvironment(): LogLevel | undefined {
  const { process } = globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } }
  const level = process?.env?.["TONI_LOG"]
  if (level === undefined || level === "") return undefined
  if (isLogLevel(level)) return level
  const fix = `Set TONI_LOG to one of ${logLevels.join(", ")}, or leave it unset.`
  throw new ToniError("TONI_BAD_OPTION", `The environment variable TONI_LOG is ${showValue(level)}.`, { fix })
}
