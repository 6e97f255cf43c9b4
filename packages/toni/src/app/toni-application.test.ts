import { createServer } from "node:net"
import { expect, expectTypeOf, onTestFinished, test } from "vitest"
import { WebSocket } from "ws"
import { MemoryHttpAdapter } from "../adapter/memory/memory-http-adapter.ts"
import type { MemoryServer } from "../adapter/memory/memory-server.ts"
import { MemoryWebSocketAdapter } from "../adapter/memory/memory-websocket-adapter.ts"
import { NodeHttpAdapter } from "../adapter/node/node-http-adapter.ts"
import { WsWebSocketAdapter } from "../adapter/ws/ws-websocket-adapter.ts"
import type { WsClient } from "../connection/ws-client.ts"
import { inject } from "../di/inject.ts"
import { Token } from "../di/token.ts"
import { ToniError } from "../errors.ts"
import { Hub } from "../hub/hub.ts"
import type { WsMessage } from "../message/ws-message.ts"
import { defineModule } from "../module/module-definition.ts"
import { testApp } from "../testing/test-app.ts"
import { settled } from "../testing/test-clock.ts"
import { ToniFactory } from "./toni-factory.ts"

const quiet = { logger: { debug() {}, info() {}, warn() {}, error() {} } }

class Echo {
  readonly path = "/echo"
  onMessage(client: WsClient, message: Parameters<WsClient["send"]>[0]): unknown {
    return client.send(message)
  }
}

const EchoModule = defineModule({ name: "EchoModule", providers: [Echo] })

/** What a promise rejects with, as a `ToniError`. */
async function errorOf(promise: Promise<unknown>): Promise<ToniError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ToniError)
  return error as ToniError
}

test("G1a a gateway is found by what it is, whatever provides it", async () => {
  const Beside = new Token<Echo>("Beside")
  const Module = defineModule({
    name: "Module",
    providers: [Echo, { provide: Beside, useFactory: async () => Object.assign(new Echo(), { path: "/beside" }) }],
  })
  await using app = await testApp(Module)
  expect(app.app.gateways.map(({ path, module }) => [path, module])).toEqual([
    ["/echo", "Module"],
    ["/beside", "Module"],
  ])
  await using client = await app.connectRaw("/beside")
  client.send("hi")
  expect(await client.nextText()).toBe("hi")
})

test("G1b G2a create reports wiring mistakes and gateway mistakes together", async () => {
  class Missing {}
  class NoMessages {
    readonly path = "/half"
    readonly missing = inject(Missing)
    onConnect(): void {}
  }
  class OtherEcho extends Echo {}
  class BadPath extends Echo {
    override readonly path = "rooms" as never
  }
  class BadOption extends Echo {
    override readonly path = "/limited" as never
    readonly options = { maxPayload: 0 }
  }
  const Broken = defineModule({ name: "Broken", providers: [Echo, OtherEcho, NoMessages, BadPath, BadOption] })
  const error = await errorOf(ToniFactory.create(Broken, new MemoryHttpAdapter(), quiet))
  expect(error.code).toBe("TONI_STARTUP")
  expect(error.problems.map(({ kind }) => kind).sort()).toEqual([
    "bad-option",
    "duplicate-path",
    "not-a-gateway",
    "unknown-dependency",
  ])
})

test("G2a what was built is destroyed again when the application cannot start", async () => {
  const events: string[] = []
  class Pool {
    onModuleDestroy(): void {
      events.push("pool closed")
    }
  }
  class Unlucky {
    readonly nobody = inject(new Token<string>("nobody"))
  }
  const Broken = defineModule({ name: "Broken", providers: [Pool, Unlucky] })
  await errorOf(ToniFactory.create(Broken, new MemoryHttpAdapter(), quiet))
  expect(events).toEqual(["pool closed"])
})

test("G2b listen refuses gateways that no WebSocket adapter would serve", async () => {
  const app = await ToniFactory.create(EchoModule, new NodeHttpAdapter(), quiet)
  const error = await errorOf(app.listen(0, "127.0.0.1"))
  expect(error.code).toBe("TONI_NO_ADAPTER")
  expect(error.message).toContain("Echo")
  await app.close()
})

test("G2b an application without gateways needs no WebSocket adapter", async () => {
  const app = await ToniFactory.create(defineModule({ name: "Empty" }), new NodeHttpAdapter(), quiet)
  const { url } = await app.listen(0, "127.0.0.1")
  expect((await fetch(url)).status).toBe(404)
  await app.close()
})

test("G3a init runs onModuleInit without binding a port, and listen includes it, once", async () => {
  let inits = 0
  class Service {
    onModuleInit(): void {
      inits++
    }
  }
  const http = new NodeHttpAdapter()
  const app = await ToniFactory.create(defineModule({ name: "M", providers: [Service] }), http, quiet)
  expect(inits).toBe(0)
  await app.init()
  expect([inits, http.server.listening]).toEqual([1, false])
  await app.listen(0, "127.0.0.1")
  expect([inits, http.server.listening]).toEqual([1, true])
  await app.close()
})

test("G3b a port that is taken is a clear error, and nothing stays open", async () => {
  const holder = createServer()
  onTestFinished(() => void holder.close())
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve))
  const { port } = holder.address() as { port: number }
  const events: string[] = []
  class Pool {
    onModuleDestroy(): void {
      events.push("pool closed")
    }
  }
  const http = new NodeHttpAdapter()
  const app = await ToniFactory.create(defineModule({ name: "M", providers: [Pool, Echo] }), http, quiet)
  app.useWebSocketAdapter(new WsWebSocketAdapter())
  const error = await errorOf(app.listen(port, "127.0.0.1"))
  expect(error.code).toBe("TONI_LISTEN")
  expect(error.message).toContain(`127.0.0.1, port ${port}`)
  expect((error.cause as { code?: string }).code).toBe("EADDRINUSE")
  expect([http.server.listening, http.server.listenerCount("upgrade"), events]).toEqual([false, 0, ["pool closed"]])
})

test("G3b an onModuleInit that fails keeps the application from listening, and what was made is destroyed", async () => {
  const events: string[] = []
  class Fragile {
    onModuleInit(): never {
      throw new Error("no database")
    }
    onModuleDestroy(): void {
      events.push("destroyed")
    }
  }
  const http = new NodeHttpAdapter()
  const app = await ToniFactory.create(defineModule({ name: "M", providers: [Fragile] }), http, quiet)
  const error = await errorOf(app.listen(0, "127.0.0.1"))
  expect(error.code).toBe("TONI_STARTUP")
  expect(error.message).toContain("no database")
  expect([http.server.listening, events]).toEqual([false, ["destroyed"]])
})

test.each([-1, 65_536, 1.5, Number.NaN, "3000" as unknown as number])("G3b port %s is refused", async (port) => {
  const app = await ToniFactory.create(defineModule({ name: "M" }), new MemoryHttpAdapter(), quiet)
  expect((await errorOf(app.listen(port))).code).toBe("TONI_BAD_ARGUMENT")
})

test("G3b closing while the application starts leaves nothing open", async () => {
  const http = new NodeHttpAdapter()
  const app = await ToniFactory.create(EchoModule, http, quiet)
  app.useWebSocketAdapter(new WsWebSocketAdapter())
  const listening = app.listen(0, "127.0.0.1").catch((error: unknown) => error)
  await app.close()
  await listening
  expect([http.server.listening, http.server.listenerCount("upgrade")]).toEqual([false, 0])
})

test("G20 a bad default of the application is an error that names the option", async () => {
  const app = await ToniFactory.create(EchoModule, new MemoryHttpAdapter(), quiet)
  expect(() => app.useWebSocketAdapter(new MemoryWebSocketAdapter(), { maxPayload: 0 })).toThrow(/TONI_BAD_OPTION/)
})

test("the steps of an application come once each, in their order", async () => {
  const app = await ToniFactory.create(EchoModule, new MemoryHttpAdapter(), quiet)
  app.useWebSocketAdapter(new MemoryWebSocketAdapter())
  expect(() => app.useWebSocketAdapter(new MemoryWebSocketAdapter())).toThrow(/TONI_LIFECYCLE/)
  await app.listen(0)
  expect((await errorOf(app.listen(0))).code).toBe("TONI_LIFECYCLE")
  await app.close()
  expect((await errorOf(app.listen(0))).code).toBe("TONI_LIFECYCLE")
  expect((await errorOf(app.init())).code).toBe("TONI_LIFECYCLE")
})

test("adapters of different kinds cannot be paired", async () => {
  const app = await ToniFactory.create(EchoModule, new MemoryHttpAdapter(), quiet)
  expectTypeOf<MemoryServer>().not.toEqualTypeOf<NodeHttpAdapter["server"]>()
  // @ts-expect-error -- a WebSocket adapter for Node does not fit a server in memory
  void (() => app.useWebSocketAdapter(new WsWebSocketAdapter()))
  expect(app.gateways).toHaveLength(1)
})

test("get answers what the container holds, the hub too", async () => {
  await using app = await testApp(EchoModule)
  expect(app.get(Echo)).toBeInstanceOf(Echo)
  expect(app.get(Hub)).toBeInstanceOf(Hub)
  expect(() => app.get(class Stranger {})).toThrow(/TONI_NOT_PROVIDED/)
})

test("G16b a logger that throws takes nothing with it", async () => {
  const fail = (): never => {
    throw new Error("disk full")
  }
  const logger = { debug: fail, info: fail, warn: fail, error: fail }
  class Throwing extends Echo {
    override onMessage(client: WsClient, message: Parameters<WsClient["send"]>[0]): unknown {
      void client.send(message)
      throw new Error("in the handler")
    }
  }
  const Module = defineModule({ name: "M", providers: [Throwing] })
  await using app = await testApp(Module, { create: { logger, onError: fail } })
  await using client = await app.connectRaw("/echo")
  client.send("one")
  client.send("two")
  expect([await client.nextText(), await client.nextText()]).toEqual(["one", "two"])
})

test("G21a providers are destroyed in reverse order, after every onDisconnect", async () => {
  const events: string[] = []
  class Database {
    onModuleDestroy(): void {
      events.push("database closed")
    }
  }
  class Store {
    readonly database = inject(Database)
    onModuleDestroy(): void {
      events.push("store closed")
    }
  }
  class Chat extends Echo {
    readonly store = inject(Store)
    async onDisconnect(client: WsClient): Promise<void> {
      await client.subscribe("x")
      events.push("client left")
    }
  }
  await using app = await testApp(defineModule({ name: "M", providers: [Database, Store, Chat] }))
  await app.connectRaw("/echo")
  await app.close()
  expect(events).toEqual(["client left", "store closed", "database closed"])
})

test("G21a a response in flight is finished before the server closes", async () => {
  let finish!: () => void
  let arrived!: () => void
  const arrival = new Promise<void>((resolve) => (arrived = resolve))
  const http = new NodeHttpAdapter((_request, response) => {
    finish = () => response.end("done")
    arrived()
  })
  const app = await ToniFactory.create(defineModule({ name: "M" }), http, quiet)
  const { url } = await app.listen(0, "127.0.0.1")
  const answer = fetch(url).then((response) => response.text())
  await arrival
  const closing = app.close()
  finish()
  expect(await answer).toBe("done")
  await closing
  expect(http.server.listening).toBe(false)
})

test("G21a a response that never ends is cut when time is up", async () => {
  let arrived!: () => void
  const arrival = new Promise<void>((resolve) => (arrived = resolve))
  const app = await ToniFactory.create(defineModule({ name: "M" }), new NodeHttpAdapter(() => arrived()), quiet)
  const { url } = await app.listen(0, "127.0.0.1")
  const answer = fetch(url).catch((error: unknown) => error)
  await arrival
  await app.close({ timeout: 20 })
  expect(await answer).toBeInstanceOf(Error)
})

test("G21b a failing onModuleDestroy is reported, and the others still run", async () => {
  const events: string[] = []
  class First {
    onModuleDestroy(): void {
      events.push("first")
    }
  }
  class Failing {
    onModuleDestroy(): never {
      throw new Error("stuck")
    }
  }
  await using app = await testApp(defineModule({ name: "M", providers: [First, Failing] }))
  const report = await app.close()
  expect(report.failures.map(({ name, module }) => [module, name])).toEqual([["M", "Failing"]])
  expect(app.errors.map(({ phase, gateway }) => [phase, gateway])).toEqual([["shutdown", "M.Failing"]])
  expect(events).toEqual(["first"])
})

test("metrics count what happened, and show what is going on", async () => {
  await using app = await testApp(EchoModule)
  const client = await app.connectRaw("/echo")
  client.send("four")
  await client.nextText()
  await expect(app.connectRaw("/nowhere")).rejects.toMatchObject({ status: 404 })
  expect(app.app.metrics()).toMatchObject({
    connections: 1,
    messagesIn: 1,
    messagesOut: 1,
    bytesIn: 4,
    bytesOut: 4,
    refusals: { 404: 1 },
  })
  await client.close(1000)
  expect(app.app.metrics()).toMatchObject({ connections: 0, closes: { client: 1 } })
})

test("G21a close() stops listening before it ends the first client, so that whoever comes back meets another process", async () => {
  const http = new NodeHttpAdapter()
  const ended: boolean[] = []
  class Leaving extends Echo {
    onDisconnect(): void {
      ended.push(http.server.listening)
    }
  }
  const app = await ToniFactory.create(defineModule({ name: "M", providers: [Leaving] }), http, quiet)
  app.useWebSocketAdapter(new WsWebSocketAdapter())
  const { port } = await app.listen(0, "127.0.0.1")
  const peer = new WebSocket(`ws://127.0.0.1:${port}/echo`)
  await new Promise((resolve) => peer.once("open", resolve))
  const refused = new Promise<string>((resolve) =>
    peer.once("close", () => {
      new WebSocket(`ws://127.0.0.1:${port}/echo`).once("error", (error: Error & { code: string }) =>
        resolve(error.code),
      )
    }),
  )
  await app.close()
  expect([ended, await refused]).toEqual([[false], "ECONNREFUSED"])
})

test("G5d a plain request to the path of a gateway is told to speak WebSocket, any other that there is nothing", async () => {
  const app = await ToniFactory.create(EchoModule, new NodeHttpAdapter(), quiet)
  app.useWebSocketAdapter(new WsWebSocketAdapter())
  const { url } = await app.listen(0, "127.0.0.1")
  const [gateway, nothing] = [await fetch(`${url}/echo`), await fetch(`${url}/nothing`)]
  expect([gateway.status, gateway.headers.get("upgrade"), await gateway.text()]).toEqual([
    426,
    "websocket",
    "This path speaks WebSocket.\n",
  ])
  expect([nothing.status, nothing.headers.get("upgrade"), await nothing.text()]).toEqual([404, null, "Not found\n"])
  await app.close()
})

test("two applications on one HTTP adapter are refused, and the first one is served on", async () => {
  const http = new NodeHttpAdapter()
  const first = await ToniFactory.create(EchoModule, http, quiet)
  first.useWebSocketAdapter(new WsWebSocketAdapter())
  const { url } = await first.listen(0, "127.0.0.1")
  const second = await ToniFactory.create(EchoModule, http, quiet)
  second.useWebSocketAdapter(new WsWebSocketAdapter())
  expect((await errorOf(second.listen(0, "127.0.0.1"))).code).toBe("TONI_LIFECYCLE")
  expect((await fetch(url)).status).toBe(404)
  await first.close()
  expect(http.server.listening).toBe(false)
})

test("one HTTP adapter serves application after application: after a listen that failed, and after close()", async () => {
  const holder = createServer()
  onTestFinished(() => void holder.close())
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve))
  const { port: taken } = holder.address() as { port: number }
  const http = new NodeHttpAdapter()
  const statuses: number[] = []
  for (const port of [taken, 0, 0]) {
    const app = await ToniFactory.create(EchoModule, http, quiet)
    app.useWebSocketAdapter(new WsWebSocketAdapter())
    const address = await app.listen(port, "127.0.0.1").catch(() => undefined)
    if (address) statuses.push((await fetch(address.url)).status)
    await app.close()
  }
  expect([statuses, http.server.listening, http.server.listenerCount("request")]).toEqual([[404, 404], false, 0])
})

test("G12a a gateway whose onMessage returns what nobody sends is told so once, in the log, and so is each", async () => {
  class Returning {
    readonly path: string = "/returning"
    onMessage = (_client: WsClient, message: WsMessage) => ({ event: "answer", data: message.asText() }) as never
  }
  class Echoing extends Returning {
    override readonly path = "/echoing"
  }
  await using app = await testApp(defineModule({ name: "M", providers: [Returning, Echoing] }))
  for (const path of ["/returning", "/returning", "/echoing"]) {
    const client = await app.connectRaw(path)
    client.send("hello")
    client.send("again")
    await settled()
  }
  const told = app.log.filter(({ level }) => level === "warn")
  const answer = '{"event":"answer","data":"hello"}'
  expect(told.map(({ fields }) => fields)).toEqual([
    { gateway: "Returning", answer },
    { gateway: "Echoing", answer },
  ])
})
