// How each public function is called well. The run puts hostile values in the place of each argument in turn, so a new
// export, method or argument needs its line here; one that is missing fails the test.
import { CloseCode, defineModule, Hub, Token, ToniFactory, WsMessage } from "toni"
import { NodeHttpAdapter } from "toni/node"
import { MemoryHttpAdapter, MemoryWebSocketAdapter, testApp, TestClock } from "toni/testing"
import { Injectable, Module } from "toni/decorators"

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const token = new Token("row")
export class Gateway {
  path = "/row"
  onMessage() {}
}
const module = () => defineModule({ name: "Row", providers: [Gateway] })
const create = () => ToniFactory.create(module(), new MemoryHttpAdapter(), { logger: quiet })

/** An application with a client on it, and what its hooks were handed; made again once it is used up. */
async function stage() {
  let resolve
  const client = new Promise((done) => (resolve = done))
  let asked
  const handshake = new Promise((done) => (asked = done))
  class Live {
    path = "/live"
    onConnect = (given) => void resolve(given)
    onMessage() {}
  }
  class Asking {
    path = "/asking"
    onHandshake = (given) => (asked(given), new Promise(() => {}))
    onMessage() {}
  }
  const app = await testApp(defineModule({ name: "Stage", providers: [Live, Asking] }), { create: { logger: quiet } })
  const peer = await app.connectRaw("/live")
  void app.connectRaw("/asking").catch(() => undefined)
  return { app, peer, client: await client, handshake: await handshake, hub: app.app.get(Hub) }
}

let current
async function live() {
  if (current?.client.isOpen && current.peer.isOpen) return current
  return (current = await stage())
}

let serving
/** A server in memory that serves the gateway. */
async function server() {
  if (serving) return serving
  const http = new MemoryHttpAdapter()
  const app = await ToniFactory.create(module(), http, { logger: quiet })
  await app.useWebSocketAdapter(new MemoryWebSocketAdapter()).listen(0)
  return (serving = http.server)
}

/** The next call gets others. */
const leave = () => void (current = undefined)

/** What toni makes and hands out, and nobody constructs. */
export const madeByToni = "made by toni"
/** A method that toni calls: the port says how. */
export const forToni = "called by toni alone"

const on = (get, member, ...args) => ({ on: get, member, args: () => [...args] })
const client = async () => (await live()).client
const hub = async () => (await live()).hub
const handshake = async () => (await live()).handshake
const peer = async () => (await live()).peer
const kit = async () => (await live()).app
const message = () => WsMessage.json({ hello: true })
const aClass = () => class Decorated {}
const unbind = (bound) => (typeof bound === "function" ? bound() : bound?.unbind())

/** By the name that `publicCalls` gives it: good arguments, and `on` for methods of instances. */
export const rows = {
  ".WsMessage": madeByToni,
  ".WsMessage.text": { args: () => ["text"] },
  ".WsMessage.binary": { args: () => [new Uint8Array(3)] },
  ".WsMessage.json": { args: () => [{ a: 1 }] },
  ".WsMessage.ping": { args: () => [new Uint8Array(3)] },
  ".WsMessage.pong": { args: () => [new Uint8Array(3)] },
  ".WsMessage#asText": on(message, "asText"),
  ".WsMessage#asBinary": on(message, "asBinary"),
  ".WsMessage#asJson": on(message, "asJson"),
  ".WsMessage#encode": on(message, "encode"),

  ".Hub": madeByToni,
  ".Hub#publish": on(hub, "publish", "topic", "text", { except: [] }),
  ".Hub#broadcast": on(hub, "broadcast", "text", { except: [], volatile: true }),
  ".Hub#send": on(hub, "send", "id", "text", { volatile: true }),
  ".Hub#subscribe": on(hub, "subscribe", { topic: "topic" }, "other"),
  ".Hub#unsubscribe": on(hub, "unsubscribe", { topic: "topic" }, "other"),
  ".Hub#disconnect": on(hub, "disconnect", { client: "nobody" }, CloseCode.normal, "reason"),
  ".Hub#followers": on(hub, "followers", "topic"),
  ".Hub#count": on(hub, "count", "topic"),

  ".WsHandshake": madeByToni,
  ".WsHandshake#setMetadata": on(handshake, "setMetadata", token, "value"),
  ".WsHandshake#accept": on(handshake, "accept", { headers: { a: "b" }, expiresAt: 1e15 }),
  ".WsHandshake#reject": on(handshake, "reject", 401, "message", { a: "b" }),
  ".WsHandshake#close": on(handshake, "close", 4000, "reason"),

  ".defineModule": { args: () => [{ name: "M", imports: [], providers: [], exports: [] }] },
  ".inject": { args: () => [token, { optional: true }] },
  ".Token": { args: () => ["description"] },
  ".ToniError": { args: () => ["TONI_BAD_JSON", "detail", { fix: "fix" }] },

  ".ToniFactory.create": {
    args: () => [module(), new MemoryHttpAdapter(), { logger: quiet }],
  },
  ".ToniApplication": madeByToni,
  ".ToniApplication#useWebSocketAdapter": on(create, "useWebSocketAdapter", new MemoryWebSocketAdapter(), {}),
  ".ToniApplication#init": on(create, "init"),
  ".ToniApplication#listen": on(
    async () => (await create()).useWebSocketAdapter(new MemoryWebSocketAdapter()),
    "listen",
    0,
    "127.0.0.1",
  ),
  ".ToniApplication#get": on(create, "get", Gateway),
  ".ToniApplication#metrics": on(create, "metrics"),
  ".ToniApplication#close": on(create, "close", { code: 1001, window: 0, timeout: 10 }),
  ".ToniApplication#closeOnSignals": {
    on: create,
    member: "closeOnSignals",
    args: () => [["SIGUSR2"], {}],
    after: unbind,
  },

  "/node.NodeHttpAdapter": { args: () => [() => {}], after: (adapter) => adapter?.server?.close?.() },
  "/node.NodeHttpAdapter#listen": forToni,
  "/node.NodeHttpAdapter#handle": on(
    () => new NodeHttpAdapter(),
    "handle",
    () => {},
  ),
  "/node.NodeHttpAdapter#stopListening": forToni,
  "/node.NodeHttpAdapter#close": forToni,
  "/node.nodeRequest": { args: async () => [await handshake()] },
  "/node.NodeWebSocketAdapter": { args: () => [{ readBuffer: "own" }] },
  "/node.NodeWebSocketAdapter#attach": forToni,
  "/ws.WsWebSocketAdapter": { args: () => [] },
  "/ws.WsWebSocketAdapter#attach": forToni,

  "/decorators.Injectable": { args: () => [] },
  "/decorators.Module": { args: () => [{ providers: [] }] },

  "/testing.testApp": {
    args: () => [module(), { override: [], defaults: {}, clock: new TestClock(), create: { logger: quiet } }],
    after: (app) => app?.close?.(),
  },
  "/testing.settled": { args: () => [] },
  "/testing.TestClock": { args: () => [0] },
  "/testing.TestClock#now": on(() => new TestClock(), "now"),
  "/testing.TestClock#date": on(() => new TestClock(), "date"),
  "/testing.TestClock#after": on(
    () => new TestClock(),
    "after",
    10,
    () => {},
  ),
  "/testing.TestClock#stall": on(() => new TestClock(), "stall", 10),
  "/testing.TestClock#advance": on(() => new TestClock(), "advance", 10),
  "/testing.MemoryHttpAdapter": { args: () => [] },
  "/testing.MemoryHttpAdapter#listen": forToni,
  "/testing.MemoryHttpAdapter#stopListening": forToni,
  "/testing.MemoryHttpAdapter#close": forToni,
  "/testing.MemoryWebSocketAdapter": { args: () => [] },
  "/testing.MemoryWebSocketAdapter#attach": forToni,
  "/testing.HandshakeRefused": madeByToni,
  "/testing.MemoryServer": { args: () => [] },
  "/testing.MemoryServer#open": forToni,
  "/testing.MemoryServer#connect": on(server, "connect", "/row", {}),
  "/testing.MemoryClient": madeByToni,
  "/testing.MemoryClient#send": on(peer, "send", "text", { fragments: 2 }),
  "/testing.MemoryClient#close": on(peer, "close", 1000, "reason"),
  "/testing.MemoryClient#drop": { ...on(peer, "drop"), after: leave },
  "/testing.MemoryClient#pauseReading": { ...on(peer, "pauseReading"), after: leave },
  "/testing.MemoryClient#resumeReading": on(peer, "resumeReading"),
  "/testing.MemoryClient#stopAnsweringPings": { ...on(peer, "stopAnsweringPings"), after: leave },
  "/testing.MemoryClient#stopAnsweringCloses": { ...on(peer, "stopAnsweringCloses"), after: leave },
  "/testing.TestClient": madeByToni,
  "/testing.TestClient#received": forToni,
  "/testing.TestClient#ended": forToni,
  // These wait for what the server sends: they take no argument.
  "/testing.TestClient#nextMessage": { ...on(peer, "nextMessage"), waits: true },
  "/testing.TestClient#nextText": { ...on(peer, "nextText"), waits: true },
  "/testing.TestClient#nextControl": { ...on(peer, "nextControl"), waits: true },

  "/conformance.appliesTo": { args: () => [{ needs: ["pause"], lacks: [] }, new MemoryWebSocketAdapter().supports] },
  "/conformance.runScenario": {
    args: () => [
      {
        name: "memory",
        httpAdapter: () => new MemoryHttpAdapter(),
        webSocketAdapter: () => new MemoryWebSocketAdapter(),
      },
      { title: "nothing", rules: [], needs: [], lacks: [], run: async () => {} },
      { limit: 1_000 },
    ],
  },
}

/** What users are handed and never import: where to get one, and good arguments for each of its methods. */
export const handedOut = {
  WsClient: {
    get: client,
    methods: {
      send: ["text", { volatile: true }],
      flushed: [],
      close: [1000, "reason"],
      terminate: [],
      getMetadata: [token],
      requireMetadata: [token],
      setMetadata: [token, "value"],
      extend: [1e15],
      subscribe: ["topic"],
      unsubscribe: ["topic"],
      publish: ["topic", "text", { volatile: true }],
    },
  },
  WsHandshake: { get: handshake, methods: { setMetadata: 0, accept: 0, reject: 0, close: 0 } },
  HeaderView: {
    get: async () => (await handshake()).headers,
    methods: { get: ["host"], has: ["host"], getAll: ["host"], entries: [] },
  },
  TestApp: {
    get: kit,
    methods: { connectRaw: ["/live", {}], get: [Hub], close: [{ timeout: 1 }] },
  },
  Injectable: { get: () => ({ decorate: Injectable() }), methods: { decorate: () => [aClass(), undefined] } },
  Module: { get: () => ({ decorate: Module({}) }), methods: { decorate: () => [aClass(), undefined] } },
  SignalBinding: { get: async () => (await create()).closeOnSignals(["SIGUSR2"]), methods: { unbind: [] } },
  Timer: { get: () => new TestClock().after(1, () => {}), methods: { cancel: [] } },
}
