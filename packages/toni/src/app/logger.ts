/** Fields of a log line. An error stands under `err`, as pino expects it. */
export type LogFields = Readonly<Record<string, unknown>>

/** What toni writes its log to; pino fits as it is, and so does `console`. */
export interface Logger {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

/** From which lines on toni writes its log; `"silent"`: none. */
export type LogLevel = keyof Logger | "silent"

/** The least serious first. */
export const logLevels: readonly LogLevel[] = ["debug", "info", "warn", "error", "silent"]
