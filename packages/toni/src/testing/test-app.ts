import type { MemoryClient } from "../adapter/memory/memory-client.ts"
import { MemoryHttpAdapter } from "../adapter/memory/memory-http-adapter.ts"
import type { MemoryHandshake, MemoryServer } from "../adapter/memory/memory-server.ts"
import { MemoryWebSocketAdapter } from "../adapter/memory/memory-websocket-adapter.ts"
import { createApplication, type CreateOptions } from "../app/toni-factory.ts"
import type { ErrorContext } from "../app/error-reports.ts"
import type { CloseOptions, CloseReport } from "../app/close-options.ts"
import type { ToniApplication } from "../app/toni-application.ts"
import type { LogFields, Logger } from "../app/logger.ts"
import type { InjectionToken } from "../di/injection-token.ts"
import type { AnyProvider } from "../di/provider.ts"
import type { GatewayOptions } from "../gateway/gateway-options.ts"
import type { ModuleReference } from "../module/module-definition.ts"
import { checkedOptions, type OptionCheck } from "../checked-options.ts"
import { TestClock } from "./test-clock.ts"

export interface TestAppOptions {
  /** Stand-ins for providers, wherever they are listed. One that replaces nothing is an error. */
  readonly override?: readonly AnyProvider[] | undefined
  /** The application's defaults for gateways, as for `useWebSocketAdapter`. */
  readonly defaults?: GatewayOptions | undefined
  /** Default: a `TestClock` of its own. */
  readonly clock?: TestClock | undefined
  /** As for `ToniFactory.create`; by default log and errors are kept, in `log` and `errors`. */
  readonly create?: Omit<CreateOptions, "clock"> | undefined
}

export interface LogLine {
  readonly level: keyof Logger
  readonly fields: LogFields
  readonly message: string
}

export interface CaughtError extends ErrorContext {
  readonly error: unknown
}

/** An application in memory: the real pipeline, no ports, and a clock that the test moves. */
export interface TestApp extends AsyncDisposable {
  readonly app: ToniApplication<MemoryServer>
  readonly clock: TestClock
  /** What was logged, oldest first. */
  readonly log: readonly LogLine[]
  /** What hooks have thrown or rejected with, oldest first. */
  readonly errors: readonly CaughtError[]
  /** Connects a client to a path, past no check. Rejects with `HandshakeRefused` when the answer is not 101. */
  connectRaw(target: string, handshake?: MemoryHandshake): Promise<MemoryClient>
  get<T>(token: InjectionToken<T>): T
  /** Closes the application; moves the clock as far as the drain needs. `await using` does it too. */
  close(options?: CloseOptions): Promise<CloseReport>
}

/**
 * Starts a module as an application in memory.
 *
 * ```ts
 * await using app = await testApp(ChatModule, { override: [{ provide: Greeter, useClass: PoliteGreeter }] })
 * const client = await app.connectRaw("/chat")
 * expect(await client.nextText()).toBe("Good evening.")
 * ```
 */
export async function testApp(module: ModuleReference, options: TestAppOptions = {}): Promise<TestApp> {
  const {
    override = [],
    defaults = {},
    clock = new TestClock(),
    create = {},
  } = checkedOptions<TestAppOptions>("testApp()", options, optionChecks)
  const log: LogLine[] = []
  const errors: CaughtError[] = []
  const httpAdapter = new MemoryHttpAdapter()
  const kept = {
    logger: keepingLogger(log),
    onError: (error: unknown, context: ErrorContext) => void errors.push({ error, ...context }),
  }
  const app = await createApplication(module, httpAdapter, { ...kept, ...create, clock }, override)
  try {
    app.useWebSocketAdapter(new MemoryWebSocketAdapter(), defaults)
    await app.listen(0)
  } catch (error) {
    await app.close()
    throw error
  }

  const close = async (closeOptions?: CloseOptions): Promise<CloseReport> => {
    let isClosed = false
    const closing = app.close(closeOptions).finally(() => (isClosed = true))
    // It may reject while the clock still moves.
    closing.catch(() => undefined)
    for (let second = 0; second < 60 && !isClosed; second++) await clock.advance(second === 0 ? 0 : 1_000)
    return closing
  }
  return {
    app,
    clock,
    log,
    errors,
    connectRaw: (target, handshake) => httpAdapter.server.connect(target, handshake),
    get: (token) => app.get(token),
    close,
    async [Symbol.asyncDispose]() {
      await close()
    },
  }
}

const optionChecks: Readonly<Record<keyof TestAppOptions, OptionCheck>> = {
  override: (value) => (Array.isArray(value) ? undefined : "takes a list of providers"),
  // useWebSocketAdapter() and create() say what is wrong within these.
  defaults: () => undefined,
  create: (value) => (isObject(value) ? undefined : "takes options of ToniFactory.create()"),
  clock: (value) => (value instanceof TestClock ? undefined : "takes a TestClock"),
}

/** Whether it can be spread; one that throws is reported by whoever checks it. */
function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && typeof { ...value } === "object"
}

function keepingLogger(log: LogLine[]): Logger {
  const keep =
    (level: keyof Logger) =>
    (fields: LogFields, message: string): void =>
      void log.push({ level, fields, message })
  return { debug: keep("debug"), info: keep("info"), warn: keep("warn"), error: keep("error") }
}
