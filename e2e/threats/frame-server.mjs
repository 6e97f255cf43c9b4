// The process that the frames of frames.fuzz.test.ts are sent to: an echo on each adapter, in clear and over TLS.
import { readFileSync } from "node:fs"
import { createServer } from "node:https"
import { defineModule, ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { WsWebSocketAdapter } from "toni/ws"

const pem = (name) => readFileSync(new URL(`../servers/fixtures/localhost.${name}.pem`, import.meta.url), "utf8")
const [cert, key] = [pem("cert"), pem("key")]
const { limits } = JSON.parse(process.argv[2])

const surprises = []
process.on("uncaughtException", (error) => surprises.push(String(error.stack)))
process.on("unhandledRejection", (error) => surprises.push(String(error?.stack ?? error)))

class Echo {
  path = "/echo"
  options = { ...limits, closeTimeout: 300, maxBackpressure: "unlimited", heartbeat: "unlimited" }
  onMessage = (client, message) => client.send(message)
}

const quiet = () => undefined
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet }
const apps = {}
const ports = {}
for (const [name, WebSocketAdapter] of Object.entries({ node: NodeWebSocketAdapter, ws: WsWebSocketAdapter })) {
  for (const wire of ["clear", "tls"]) {
    const http = wire === "tls" ? new NodeHttpAdapter(createServer({ cert, key })) : new NodeHttpAdapter()
    const app = await ToniFactory.create(defineModule({ name: "Echo", providers: [Echo] }), http, {
      logger,
      onError: (error) => surprises.push(String(error?.stack ?? error)),
    })
    app.useWebSocketAdapter(new WebSocketAdapter())
    ports[`${name} ${wire}`] = (await app.listen(0, "127.0.0.1")).port
    apps[`${name} ${wire}`] = app
  }
}

const answers = {
  ports: () => ports,
  status() {
    const sockets = process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length
    const connections = Object.values(apps).reduce((sum, app) => sum + app.metrics().connections, 0)
    return { surprises, sockets, connections }
  },
}

process.on("message", ({ id, name, args }) => process.send({ id, answer: answers[name](...args) }))
process.on("disconnect", () => process.exit())
