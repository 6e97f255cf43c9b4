import { Console } from "node:console"
import { PassThrough } from "node:stream"
import { afterEach, expect, test, vi } from "vitest"
import type { WsClient } from "../connection/ws-client.ts"
import { defineModule } from "../module/module-definition.ts"
import { testApp } from "../testing/test-app.ts"
import { applicationLogger } from "./application-logger.ts"
import type { Logger, LogLevel } from "./logger.ts"

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

const levels = ["debug", "info", "warn", "error"] as const
const noon = (): number => Date.UTC(2026, 0, 1, 12)

/** The levels that reach a logger of the user's own, and those that reach the console. */
function heard(choice: { readonly own?: boolean; readonly logLevel?: LogLevel }): readonly string[] {
  const lines: string[] = []
  const keep = (level: keyof Logger) => (): void => void lines.push(level)
  const own = { debug: keep("debug"), info: keep("info"), warn: keep("warn"), error: keep("error") }
  for (const [method, level] of [
    ["debug", "debug"],
    ["log", "info"],
    ["warn", "warn"],
    ["error", "error"],
  ] as const) {
    vi.spyOn(console, method).mockImplementation(keep(level))
  }
  const logger = applicationLogger({ logger: choice.own ? own : undefined, logLevel: choice.logLevel, date: noon })
  for (const level of levels) logger[level]({}, "a line")
  return lines
}

test("without a word the console gets everything from info on, and a logger of one's own everything", () => {
  vi.stubEnv("TONI_LOG", undefined)
  expect(heard({})).toEqual(["info", "warn", "error"])
  expect(heard({ own: true })).toEqual(levels)
})

test("TONI_LOG sets the level of the console, not that of a logger of one's own", () => {
  vi.stubEnv("TONI_LOG", "debug")
  expect(heard({})).toEqual(levels)
  vi.stubEnv("TONI_LOG", "silent")
  expect(heard({})).toEqual([])
  expect(heard({ own: true })).toEqual(levels)
})

test("logLevel holds for either, and goes before TONI_LOG", () => {
  vi.stubEnv("TONI_LOG", "debug")
  expect(heard({ logLevel: "error" })).toEqual(["error"])
  expect(heard({ own: true, logLevel: "warn" })).toEqual(["warn", "error"])
})

test("a TONI_LOG that is no level is an error that lists them", () => {
  vi.stubEnv("TONI_LOG", "verbose")
  expect(() => heard({})).toThrow(/TONI_LOG is "verbose".*debug, info, warn, error, silent.*TONI_BAD_OPTION/)
})

test("a console handed in as the logger prints the message first, and readable fields", () => {
  const output = new PassThrough()
  const logger = applicationLogger({ logger: new Console(output), logLevel: undefined, date: noon })
  logger.info({ url: "http://x", clients: 2 }, "Listening")
  expect(String(output.read())).toBe("12:00:00.000 info  Listening url=http://x clients=2\n")
})

test("a field that JSON cannot write does not cost the line", () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined)
  const circular: Record<string, unknown> = {}
  circular["self"] = circular
  applicationLogger({ logger: undefined, logLevel: "info", date: noon }).info({ circular, big: 1n }, "Listening")
  expect(log).toHaveBeenCalledExactlyOnceWith(
    "12:00:00.000 info  Listening circular=a value that cannot be shown big=1n",
  )
})

class Failing {
  readonly path = "/failing"
  onHandshake(): boolean {
    return false
  }
  onMessage(_client: WsClient): void {}
}

const FailingModule = defineModule({ name: "FailingModule", providers: [Failing] })

const failures: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw new Error("disk full")
  },
  rejects: () => Promise.reject(new Error("disk full")),
  "answers what cannot be read": () =>
    new Proxy(
      {},
      {
        get: () => {
          throw new Error("disk full")
        },
      },
    ),
}

test.each(Object.entries(failures))(
  "G16b a logger that %s takes nothing with it, whatever is logged",
  async (_, fail) => {
    const unhandled: unknown[] = []
    const listener = (error: unknown): void => void unhandled.push(error)
    process.on("unhandledRejection", listener)
    const logger = { debug: fail, info: fail, warn: fail, error: fail } satisfies Logger
    await using app = await testApp(FailingModule, { create: { logger, onError: fail } })
    await expect(app.connectRaw("/failing")).rejects.toMatchObject({ status: 403 })
    app.app.closeOnSignals(["SIGUSR2"])
    process.emit("SIGUSR2")
    await app.close()
    // Node tells of rejections that nobody handles once the microtasks have run.
    await new Promise((resolve) => setImmediate(resolve))
    process.off("unhandledRejection", listener)
    expect(unhandled).toEqual([])
  },
)
