// node bench/without-kernel.mjs [folder of a built toni]: nanoseconds of processor time for each message, from the bytes
// that a socket has read to the bytes that it is to write, over sockets that only pretend. What is left out, the kernel
// and Node's streams, is the larger part and varies most; without it, small differences can be seen.
import { EventEmitter } from "node:events"
import { resolve } from "node:path"
import { setImmediate as turn } from "node:timers/promises"
import { pathToFileURL } from "node:url"
import { encodeFrame } from "./load/frames.mjs"
import { median } from "./lib/statistics.mjs"

const built = resolve(process.argv[2] ?? "packages/toni/dist")
const load = (entry) => import(pathToFileURL(resolve(built, entry)).href)
const [{ defineModule, Hub, inject, ToniFactory, WsMessage }, { NodeWebSocketAdapter }] = await Promise.all(
  ["index.js", "node.js"].map(load),
)

const size = 64
const frame = encodeFrame(Buffer.alloc(size, "a"), true)
const messagesOfRun = 400_000
const runs = 7

/** As much of a socket as the adapter uses; whatever is written is gone at once. */
class Pretended extends EventEmitter {
  writableLength = 0
  destroyed = false
  readable = true
  writable = true
  remoteAddress = "127.0.0.1"
  written = 0

  write(bytes) {
    this.written += bytes.length
    return true
  }

  read(bytes) {
    this.emit("data", bytes)
  }

  cork() {}
  uncork() {}
  setNoDelay() {}
  setTimeout() {}
  isPaused() {
    return false
  }
}

function connector(server) {
  const rawHeaders = `Host x Upgrade websocket Connection Upgrade Sec-WebSocket-Version 13 Sec-WebSocket-Key dGhlIHNhbXBsZSBub25jZQ==`
  const headers = { upgrade: "websocket", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" }
  const request = { method: "GET", httpVersion: "1.1", rawHeaders: rawHeaders.split(" "), headers }
  return (url) => {
    const socket = new Pretended()
    server.emit("upgrade", { ...request, url, socket }, socket, Buffer.alloc(0))
    return socket
  }
}

async function framework() {
  const handlers = {
    "/echo": async (client, message) => void (await client.send(message)),
    "/no-async": (client, message) => client.send(message),
    "/text": async (client, message) => void (await client.send(`${message.asText()}!`)),
  }
  const gateways = Object.entries(handlers).map(([path, onMessage]) => ({
    provide: class {},
    useValue: { path, onMessage },
  }))
  class Chat {
    path = "/chat"
    hub = inject(Hub)
    onConnect = (client) => client.subscribe("everybody")
    onMessage = async (_, message) => void (await this.hub.publish("everybody", message))
  }
  const server = new EventEmitter()
  const http = {
    server,
    stopListening() {},
    listen: async () => ({ host: "", port: 0, url: "" }),
    close: async () => {},
  }
  const logger = { debug() {}, info() {}, warn() {}, error: console.error }
  const app = await ToniFactory.create(defineModule({ name: "M", providers: [...gateways, Chat] }), http, { logger })
  app.useWebSocketAdapter(new NodeWebSocketAdapter({ readBuffer: "own" }), { heartbeat: "unlimited" })
  await app.listen(1)
  return connector(server)
}

function bareProtocol() {
  const server = new EventEmitter()
  const upgrade = (pending) => {
    const message = (data) => socket.send(WsMessage.binary(data))
    const events = { message, writable() {}, violation() {}, closed() {} }
    const limits = { maxPayload: 1_048_576, maxFragments: 4_096 }
    const socket = pending.accept({ protocol: undefined, headers: [], limits }, events)
  }
  new NodeWebSocketAdapter({ readBuffer: "own" }).attach(server, { owns: () => true, upgrade, failed() {} })
  return connector(server)
}

/** `inRead` messages come in each read of each of the `senders`; each makes `copies`. */
async function measure(title, sockets, { senders = sockets.length, inRead, copies = 1 }) {
  const piece = Buffer.concat(Array(inRead).fill(frame))
  const turns = Math.ceil(messagesOfRun / (senders * inRead * copies))
  const perMessage = []
  for (let run = -2; run < runs; run++) {
    const before = sockets.reduce((sum, { written }) => sum + written, 0)
    const start = process.cpuUsage()
    for (let i = 0; i < turns; i++) {
      for (let sender = 0; sender < senders; sender++) sockets[sender].read(Uint8Array.from(piece))
      await turn()
    }
    const { user, system } = process.cpuUsage(start)
    const written = sockets.reduce((sum, socket) => sum + socket.written, 0) - before
    const messages = turns * senders * inRead * copies
    if (written < messages * size) throw new Error(`${title}: ${written} bytes for ${messages} messages`)
    if (run >= 0) perMessage.push((1000 * (user + system)) / messages)
  }
  console.log(`${title.padEnd(44)} ${median(perMessage).toFixed(0).padStart(5)} ns`)
}

const many = (connect, path, count = 64) => Array.from({ length: count }, () => connect(path))
const [connect, bare] = [await framework(), bareProtocol()]
for (const inRead of [16, 1]) {
  await measure(`bare protocol, ${inRead} in a read`, many(bare, "/"), { inRead })
  await measure(`toni, no async, ${inRead} in a read`, many(connect, "/no-async"), { inRead })
  await measure(`toni, ${inRead} in a read`, many(connect, "/echo"), { inRead })
}
await measure("toni, text is read and made, 16 in a read", many(connect, "/text"), { inRead: 16 })
await measure("toni, 8 published to 500", many(connect, "/chat", 500), { senders: 1, inRead: 8, copies: 500 })
process.exit()
