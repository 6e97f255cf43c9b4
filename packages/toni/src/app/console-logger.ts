import { showValue } from "../show-value.ts"
import { hasMethods } from "../checked-options.ts"
import type { LogFields, Logger } from "./logger.ts"

/** As much of a console as printing lines takes. */
export type ConsoleLike = Pick<Console, "debug" | "log" | "warn" | "error">

/** Prints readable lines, the message first: warnings and errors to the error output, the rest to the output. */
export function consoleLogger(date: () => number, target: ConsoleLike): Logger {
  const line = (level: string, { err, ...fields }: LogFields, message: string): unknown[] => {
    const time = new Date(date()).toISOString().slice(11, 23)
    const pairs = Object.entries(fields).map(([name, value]) => `${name}=${show(value)}`)
    return [[time, level, message, ...pairs].join(" "), ...(err === undefined ? [] : [err])]
  }
  return {
    debug: (fields, message) => target.debug(...line("debug", fields, message)),
    info: (fields, message) => target.log(...line("info ", fields, message)),
    warn: (fields, message) => target.warn(...line("warn ", fields, message)),
    error: (fields, message) => target.error(...line("error", fields, message)),
  }
}

/** Whether a logger is a console, the global one or one of one's own: those print their arguments as they come. */
export function isConsole(logger: unknown): logger is ConsoleLike {
  return hasMethods(logger, ["debug", "log", "warn", "error", "table"])
}

/** Texts stand there to their end: what to do often comes last. */
function show(value: unknown): string {
  if (typeof value !== "string") return showValue(value)
  return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
}
