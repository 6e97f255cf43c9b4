import { createApplication } from "../app/toni-factory.ts"
import { assertArgument, checkedOptions, hasMethods, milliseconds } from "../checked-options.ts"
import { Token } from "../di/token.ts"
import { defineModule } from "../module/module-definition.ts"
import type { CaughtError, LogLine } from "../testing/test-app.ts"
import { TestClock } from "../testing/test-clock.ts"
import type { TestClient } from "../adapter/memory/test-client.ts"
import type { Gateway } from "../gateway/gateway.ts"
import { startDate, type ConformanceHost, type Scenario, type ServeOptions, type Served } from "./scenario.ts"
import { connectEarly, connectTcp } from "./tcp-client.ts"

/** What the end of a scenario may take, in seconds of its clock. */
const longestDrain = 60
/** How long a scenario may take by default, in real milliseconds. */
const usualLimit = 5_000

/**
 * Runs one scenario against a host. Resolves when it is met and everything that it started has ended; rejects when it is
 * not met, or has not come to an end within `limit` real milliseconds (default 5,000).
 */
export async function runScenario<Server>(
  host: ConformanceHost<Server>,
  scenario: Scenario,
  options: { readonly limit?: number } = {},
): Promise<"met"> {
  assertArgument(hasMethods(host, ["httpAdapter", "webSocketAdapter"]), "runScenario() takes a host", host)
  assertArgument(hasMethods(scenario, ["run"]), "runScenario() takes one of the scenarios", scenario)
  const { limit = usualLimit } = checkedOptions<typeof options>("runScenario()", options, { limit: milliseconds })
  const endings: (() => Promise<unknown>)[] = []
  const adapter = host.webSocketAdapter()
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Not met within ${limit} ms: ${scenario.title}`)), limit)
  })
  try {
    const running = scenario.run({
      supports: adapter.supports,
      serve: async (gateways, options) => {
        const { served, end } = await serve(host, [gateways].flat(), options)
        endings.push(end)
        return served
      },
    })
    running.catch(() => undefined)
    await Promise.race([running, tooLate])
  } finally {
    clearTimeout(timer)
    await Promise.all(endings.map((end) => end()))
  }
  return "met"
}

async function serve<Server>(
  host: ConformanceHost<Server>,
  gateways: readonly Gateway[],
  { defaults = {}, create = {} }: ServeOptions = {},
): Promise<{ served: Served; end: () => Promise<unknown> }> {
  const clock = new TestClock(startDate)
  const errors: CaughtError[] = []
  const log: LogLine[] = []
  const keep =
    (level: LogLine["level"]) =>
    (fields: LogLine["fields"], message: string): void =>
      void log.push({ level, fields, message })
  const httpAdapter = host.httpAdapter()
  const providers = gateways.map((gateway, index) => ({
    provide: new Token<Gateway>(`Gateway${index}`),
    useValue: gateway,
  }))
  const app = await createApplication(defineModule({ name: "Scenario", providers }), httpAdapter, {
    logger: { debug: keep("debug"), info: keep("info"), warn: keep("warn"), error: keep("error") },
    onError: (error, context) => void errors.push({ error, ...context }),
    ...create,
    clock,
  })
  app.useWebSocketAdapter(host.webSocketAdapter(), defaults)
  const address = await app.listen(0, "127.0.0.1")
  const clients: TestClient[] = []
  const endedLater = async (connecting: Promise<TestClient>): Promise<TestClient> => {
    const client = await connecting
    clients.push(client)
    return client
  }
  const served: Served = {
    app: app as Served["app"],
    address,
    clock,
    errors,
    log,
    connect(target, handshake = {}) {
      if (host.connect) return endedLater(host.connect(httpAdapter.server, address, target, handshake))
      return endedLater(connectTcp(address, target, handshake, host.ca))
    },
    async connectEarly() {
      if (host.connect) return served.connect
      const connect = await connectEarly(address, host.ca)
      return (target, handshake) => endedLater(connect(target, handshake))
    },
  }
  const end = async (): Promise<void> => {
    for (const client of clients) client.drop()
    let isClosed = false
    const closing = app.close().finally(() => (isClosed = true))
    // An adapter that breaks its promises may never let go; it must not keep the suite.
    for (let second = 0; second < longestDrain && !isClosed; second++) await clock.advance(1_000)
    if (isClosed) await closing
  }
  return { served, end }
}
