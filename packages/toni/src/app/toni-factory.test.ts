import { createServer } from "node:http"
import { expect, test } from "vitest"
import { MemoryHttpAdapter } from "../adapter/memory/memory-http-adapter.ts"
import type { MemoryWebSocketAdapter } from "../adapter/memory/memory-websocket-adapter.ts"
import { NodeHttpAdapter } from "../adapter/node/node-http-adapter.ts"
import { NodeWebSocketAdapter } from "../adapter/node/node-websocket-adapter.ts"
import type { WsClient } from "../connection/ws-client.ts"
import { inject } from "../di/inject.ts"
import { Token } from "../di/token.ts"
import { ToniError } from "../errors.ts"
import { Hub } from "../hub/hub.ts"
import { defineModule } from "../module/module-definition.ts"
import { testApp } from "../testing/test-app.ts"
import { ToniFactory } from "./toni-factory.ts"

const quiet = { logLevel: "silent" } as const
const Empty = defineModule({ name: "Empty" })
const create = ToniFactory.create as (...slots: readonly unknown[]) => Promise<{
  useWebSocketAdapter(...slots: readonly unknown[]): unknown
  close(): Promise<unknown>
}>

class Crowd {
  readonly path = "/named"
  onConnect(client: WsClient): Promise<void> {
    return client.subscribe("all")
  }
  onMessage(): void {}
}

const Named = defineModule({ name: "Named", providers: [Crowd] })

/** What a call throws or rejects with, as a `ToniError`. */
async function errorOf(call: () => unknown): Promise<ToniError> {
  const error: unknown = await Promise.resolve()
    .then(call)
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
  expect(error).toBeInstanceOf(ToniError)
  return error as ToniError
}

const refuse = (): never => {
  throw new Error("not to be read")
}
const hostile: object = new Proxy({}, { get: refuse, ownKeys: refuse, getPrototypeOf: refuse, has: refuse })
const throwing = (value: object, name: string): object => Object.defineProperty(value, name, { get: refuse })
/** Titles cannot be made of a value whose properties throw: it comes in a function. */
const isThunk = (value: unknown): value is () => unknown => typeof value === "function" && value.name === ""
const handler = function app(): void {}

/** A class whose name cannot become a string. */
function oddlyNamed(Class: new () => object): unknown {
  return Object.defineProperty(class extends Class {}, "name", { value: Object.create(null) })
}

test.each([
  ["nothing", undefined, "new NodeHttpAdapter()"],
  ["null", null, "new NodeHttpAdapter()"],
  ["options", quiet, "new NodeHttpAdapter()"],
  ["the class of an adapter", NodeHttpAdapter, "Write new NodeHttpAdapter(), an instance"],
  ["a class with an odd name", oddlyNamed(NodeHttpAdapter), "Write new (anonymous class)(), an instance"],
  ["a request handler, such as an Express application", handler, "new NodeHttpAdapter(handler)"],
  ["a server", createServer(), "new NodeHttpAdapter(server)"],
  ["a WebSocket adapter", new NodeWebSocketAdapter(), "then app.useWebSocketAdapter(new NodeWebSocketAdapter())"],
  ["the class of a WebSocket adapter", NodeWebSocketAdapter, "then app.useWebSocketAdapter("],
  ["an object whose properties throw", () => hostile, "new NodeHttpAdapter()"],
  ["an adapter whose server throws", () => throwing(new MemoryHttpAdapter(), "server"), "new NodeHttpAdapter(server)"],
])("%s in the place of the HTTP adapter is an error that says what to write", async (_what, value, fix) => {
  const error = await errorOf(() => create(Empty, isThunk(value) ? value() : value))
  expect(error.code).toBe("TONI_BAD_ARGUMENT")
  expect(error.fix).toContain(fix)
})

test.each([
  ["nothing", undefined, "Write app.useWebSocketAdapter(new NodeWebSocketAdapter())"],
  ["the class of an adapter", NodeWebSocketAdapter, "Write new NodeWebSocketAdapter(), an instance"],
  ["a class with an odd name", oddlyNamed(NodeWebSocketAdapter), "Write new (anonymous class)(), an instance"],
  ["an HTTP adapter", new NodeHttpAdapter(), "ToniFactory.create(AppModule, new NodeHttpAdapter())"],
  ["the class of an HTTP adapter", NodeHttpAdapter, "ToniFactory.create(AppModule, new NodeHttpAdapter())"],
  ["an object whose properties throw", () => hostile, "Write app.useWebSocketAdapter(new NodeWebSocketAdapter())"],
  [
    "an adapter whose supports throw",
    () => throwing(new NodeWebSocketAdapter(), "supports"),
    "Write app.useWebSocketAdapter(new NodeWebSocketAdapter())",
  ],
])("%s in the place of the WebSocket adapter is an error that says what to write", async (_what, value, fix) => {
  const app = await create(Empty, new MemoryHttpAdapter(), quiet)
  const error = await errorOf(() => app.useWebSocketAdapter(isThunk(value) ? value() : value))
  expect(error.code).toBe("TONI_BAD_ARGUMENT")
  expect(error.fix).toContain(fix)
})

test("a WebSocket adapter that does not fit the server is named when the application listens", async () => {
  const app = await ToniFactory.create(Empty, new MemoryHttpAdapter(), quiet)
  app.useWebSocketAdapter(new NodeWebSocketAdapter() as unknown as MemoryWebSocketAdapter)
  const error = await errorOf(() => app.listen(0))
  expect(error.code).toBe("TONI_BAD_ARGUMENT")
  expect(error.message).toContain("node")
})

test.each([
  ["an unknown name", { onerror: () => undefined }, "onerror is not an option"],
  ["a misspelt name", { onerror: () => undefined }, "Write onError."],
  ["a name like no other", { verbose: true }, "The options are logger, logLevel, onError, clock, node."],
  ["no logger", { logger: false }, 'logLevel: "silent" logs nothing'],
  ["a logger that lacks a method", { logger: { ...console, debug: 1 } }, "it has no debug"],
  ["null", null, "the options are an object; got null"],
  ["an array", [], "the options are an object; got []"],
  ["a logger that is none", { logger: { log() {} } }, "logger takes an object with the methods debug, info, warn"],
  ["a level that is none", { logLevel: "verbose" }, 'got "verbose"'],
  ["a listener that is none", { onError: "console" }, "onError takes a function"],
  ["a clock that is none", { clock: Date }, "clock takes an object with the methods now, date and after"],
  ["an empty name", { node: "" }, "node takes a string that is not empty"],
  [
    "a getter that throws",
    {
      get logger() {
        return refuse()
      },
    },
    "throws when it is read",
  ],
  ["an object whose properties throw", () => hostile, "throws when it is read"],
])("options of create: %s is refused, and says so", async (_what, options, detail) => {
  const error = await errorOf(() => create(Empty, new MemoryHttpAdapter(), isThunk(options) ? options() : options))
  expect(error.code).toBe("TONI_BAD_OPTION")
  expect(error.message).toContain(detail)
})

test.each([null, undefined, 7, "AppModule", () => hostile, class NotAModule {}])(
  "G2a %o is no root module",
  async (root) => {
    expect((await errorOf(() => create(isThunk(root) ? root() : root, new MemoryHttpAdapter(), quiet))).code).toBe(
      "TONI_STARTUP",
    )
  },
)

test("G17 client ids differ from one start to the next, though the process has a name", async () => {
  const start = async (): Promise<string> => {
    await using app = await testApp(Named, { create: { node: "web-1" } })
    await app.connectRaw("/named")
    const [follower] = await app.get(Hub).followers("all")
    expect(follower?.node).toBe("web-1")
    return follower?.id ?? ""
  }
  const [first, second] = [await start(), await start()]
  expect(first).toMatch(/^[0-9a-f]{12}-1$/)
  expect(second).not.toBe(first)
})
test("G2a a provider that throws whatever is asked of it does not keep the application from starting", async () => {
  const Env = new Token<object>("Env")
  class Pool {
    onModuleDestroy(): void {
      events.push("pool closed")
    }
  }
  const events: string[] = []
  const providers = [Pool, { provide: Env, useValue: hostile }]
  const app = await ToniFactory.create(defineModule({ name: "M", providers }), new MemoryHttpAdapter(), quiet)
  await app.listen(0)
  await app.close()
  expect(events).toEqual(["pool closed"])
})

test("G2a a test double that answers a function for every name stands in for a provider", async () => {
  class Mailer {
    send(_to: string): string {
      return "sent"
    }
  }
  class Orders {
    readonly mailer = inject(Mailer)
  }
  const calls: string[] = []
  const double: unknown = new Proxy(
    {},
    {
      get: (_target, name) =>
        name === "then" ? undefined : (...sent: unknown[]) => void calls.push(`${String(name)} ${sent.join()}`),
    },
  )
  const module = defineModule({ name: "M", providers: [Mailer, Orders] })
  const override = [{ provide: Mailer, useValue: double as Mailer }]
  await using app = await testApp(module, { override })
  app.get(Orders).mailer.send("ada")
  expect(calls).toEqual(["send ada"])
})
