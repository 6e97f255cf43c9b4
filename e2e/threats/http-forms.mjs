// The process that serves HTTP in every form that NodeHttpAdapter takes, next to a gateway, and tells how it fares. Run with
// the name of the WebSocket adapter.
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { createSecureServer } from "node:http2"
import { createServer as createTlsServer } from "node:https"
import { defineModule, ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { WsWebSocketAdapter } from "toni/ws"

const WebSocketAdapter = { node: NodeWebSocketAdapter, ws: WsWebSocketAdapter }[process.argv[2]]
const file = (name) => readFileSync(new URL(`../servers/fixtures/localhost.${name}.pem`, import.meta.url))
const secret = { cert: file("cert"), key: file("key") }

const surprises = []
process.on("uncaughtException", (error) => surprises.push(String(error?.stack ?? error)))
process.on("unhandledRejection", (error) => surprises.push(String(error?.stack ?? error)))
process.on("warning", (warning) => surprises.push(String(warning.stack)))

/** Answers at once, whatever is still to come of the body. */
function sync(request, response) {
  response.setHeader("X-Target", request.url)
  response.end(`answer to ${request.method} ${request.url}`)
}

/** Answers when the body has been read and some time has passed. */
async function async(request, response) {
  let bytes = 0
  for await (const chunk of request) bytes += chunk.length
  await new Promise((resolve) => setTimeout(resolve, request.url.length % 4))
  response.setHeader("X-Target", request.url)
  response.write(`answer to ${request.method} `)
  response.end(`${request.url}, ${bytes} bytes`)
}

/** As async, for servers that do not catch what a handler rejects with, as when the peer has gone. */
const caught = (request, response) => void async(request, response).catch(() => response.destroy())

function withOther(server) {
  server.on("upgrade", () => undefined)
  return server
}

const forms = {
  none: () => undefined,
  sync: () => sync,
  async: () => async,
  handed: () => createServer(caught),
  https: () => createTlsServer(secret, caught),
  http2: () => createSecureServer({ ...secret, allowHTTP1: true }, caught),
  shared: () => withOther(createServer(caught)),
}

class Echo {
  path = "/chat"
  onMessage = (client, message) => client.send(message)
}

const quiet = () => undefined
const ports = {}
const servers = []
for (const [name, make] of Object.entries(forms)) {
  const http = new NodeHttpAdapter(make())
  const app = await ToniFactory.create(defineModule({ name, providers: [Echo] }), http, {
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    // What a handler meets when its peer has gone.
    onError: (error) => /aborted|ECONNRESET|EPIPE|premature/i.test(String(error)) || surprises.push(String(error)),
  })
  app.useWebSocketAdapter(new WebSocketAdapter())
  ports[name] = (await app.listen(0, "127.0.0.1")).port
  servers.push(http.server)
}

const answers = {
  ports: () => ports,
  async status() {
    const counts = servers.map((server) => new Promise((tell) => server.getConnections((_, count) => tell(count))))
    return { connections: (await Promise.all(counts)).reduce((sum, count) => sum + count, 0), surprises }
  },
}

async function answer({ id, name, args }) {
  process.send({ id, answer: await answers[name](...args) })
}

process.on("message", (question) => void answer(question))
process.on("disconnect", () => process.exit())
