import type { LogFields, Logger } from "./logger.ts"

/** Prints readable lines: warnings and errors to the error output, the rest to the output; `debug` says nothing. */
export function consoleLogger(date: () => number): Logger {
  const line = (level: string, { err, ...fields }: LogFields, message: string): unknown[] => {
    const time = new Date(date()).toISOString().slice(11, 23)
    const pairs = Object.entries(fields).map(([name, value]) => `${name}=${show(value)}`)
    return [[time, level, message, ...pairs].join(" "), ...(err === undefined ? [] : [err])]
  }
  return {
    debug: () => undefined,
    info: (fields, message) => console.log(...line("info ", fields, message)),
    warn: (fields, message) => console.warn(...line("warn ", fields, message)),
    error: (fields, message) => console.error(...line("error", fields, message)),
  }
}

function show(value: unknown): string {
  return typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : (JSON.stringify(value) ?? String(value))
}
