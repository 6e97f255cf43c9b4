import type { HttpAdapter, ListenAddress } from "../adapter/http-adapter.ts"
import type { MemoryHandshake } from "../adapter/memory/memory-server.ts"
import type { TestClient } from "../adapter/memory/test-client.ts"
import type { WebSocketAdapter, WebSocketSupport } from "../adapter/websocket-adapter.ts"
import type { CreateOptions } from "../app/toni-factory.ts"
import type { ToniApplication } from "../app/toni-application.ts"
import { ToniError } from "../errors.ts"
import type { Gateway } from "../gateway/gateway.ts"
import type { GatewayOptions } from "../gateway/gateway-options.ts"
import type { CaughtError, LogLine } from "../testing/test-app.ts"
import type { TestClock } from "../testing/test-clock.ts"
import type { TcpHandshake } from "./tcp-client.ts"

/** What the suite runs against: an adapter, the server that it goes with, and a way to connect to it. */
export interface ConformanceHost<Server = never> {
  readonly name: string
  httpAdapter(): HttpAdapter<Server>
  webSocketAdapter(): WebSocketAdapter<Server>
  /** Whom clients trust (PEM), where the server speaks TLS. Without it they connect in the clear. */
  readonly ca?: string
  /** Default: over TCP, to the address that the HTTP adapter listens on. */
  connect?(server: Server, address: ListenAddress, target: string, handshake: MemoryHandshake): Promise<TestClient>
}

/** What the calendar says when a scenario begins, in milliseconds since 1970. */
export const startDate: number = Date.UTC(2026, 0, 1)

/** An application that serves a scenario's gateways on the adapter under test, with a clock that the scenario moves. */
export interface Served {
  readonly app: ToniApplication<never>
  readonly address: ListenAddress
  readonly clock: TestClock
  readonly errors: readonly CaughtError[]
  readonly log: readonly LogLine[]
  /** What only a client over TCP can do is for scenarios that need `wire`. */
  readonly connect: (target: string, handshake?: TcpHandshake) => Promise<TestClient>
  /**
   * A connection that is there already, for what comes when the server listens no more: the function that it resolves to
   * does what `connect` does.
   */
  readonly connectEarly: () => Promise<Served["connect"]>
}

export interface ServeOptions {
  readonly defaults?: GatewayOptions
  readonly create?: Omit<CreateOptions, "clock">
}

/** What a scenario gets. Everything that it starts is ended after it. */
export interface Stage {
  readonly supports: WebSocketSupport
  readonly serve: (gateways: Gateway | readonly Gateway[], options?: ServeOptions) => Promise<Served>
}

/** One behaviour that every adapter owes. It throws when it is not met, and never passes on silence. */
export interface Scenario {
  /** The clauses that it proves, such as `G11a`. */
  readonly rules: readonly string[]
  readonly title: string
  /** What an adapter has to be able to do for this to apply; see `appliesTo`. */
  readonly needs: readonly Capability[]
  /** What it has to be unable to do: this shows how the core makes up for it. */
  readonly lacks: readonly Capability[]
  run(stage: Stage): Promise<void>
}

/** What an adapter can do or cannot, by the name under which it says so. */
export type Capability = keyof WebSocketSupport

/** Whether an adapter that declares this has to meet the scenario. */
export function appliesTo(scenario: Pick<Scenario, "needs" | "lacks">, supports: WebSocketSupport): boolean {
  try {
    const { needs, lacks } = scenario
    return needs.every((capability) => supports[capability]) && lacks.every((capability) => !supports[capability])
  } catch (cause) {
    throw new ToniError("TONI_BAD_ARGUMENT", "appliesTo() takes a scenario and what an adapter supports.", { cause })
  }
}

/**
 * A scenario; `rules` are separated by spaces, and so is what it needs: `scenario("G11a G12c", "…", async ({ serve }) => {
 * … }, "wire violations")`. `!pause` is one that the adapter must lack.
 */
export function scenario(
  rules: string,
  title: string,
  run: (stage: Stage) => Promise<void>,
  capabilities: Capabilities | "" = "",
): Scenario {
  const names = capabilities.split(" ").filter((name) => name !== "")
  return {
    rules: rules.split(" "),
    title: `${rules}: ${title}`,
    run,
    needs: names.filter((name) => !name.startsWith("!")) as Capability[],
    lacks: names.filter((name) => name.startsWith("!")).map((name) => name.slice(1)) as Capability[],
  }
}

type Term = Capability | `!${Capability}`
/** Up to three capabilities. */
export type Capabilities = Term | `${Capability} ${Term}` | `${Capability} ${Capability} ${Term}`

/** A promise and the way to settle it, for scenarios that decide when a hook goes on. */
export interface Gate<Value = void> {
  readonly promise: Promise<Value>
  readonly open: (value: Value) => void
  readonly fail: (error: unknown) => void
}

export function gate<Value = void>(): Gate<Value> {
  let open!: (value: Value) => void
  let fail!: (error: unknown) => void
  const promise = new Promise<Value>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { promise, open, fail }
}
