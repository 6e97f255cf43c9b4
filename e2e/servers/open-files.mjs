// A server that may open few files; tells what it warns of, its counter, and when nobody is connected any more.
import { defineModule, ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"

class Echo {
  path = "/chat"
  onMessage = (client, message) => client.send(message)
}

const quiet = () => undefined
const warn = ({ limit }, message) => process.send({ limit, message, outOfFiles: app.metrics().outOfFiles })
const http = new NodeHttpAdapter()
const app = await ToniFactory.create(defineModule({ name: "App", providers: [Echo] }), http, {
  logger: { debug: quiet, info: quiet, warn, error: quiet },
})
app.useWebSocketAdapter(new NodeWebSocketAdapter())
let open = 0
http.server.on("connection", (socket) => {
  open++
  socket.once("close", () => {
    if (--open === 0) process.send({ isEmpty: true })
  })
})
process.send({ port: (await app.listen(0, "127.0.0.1")).port })
process.on("disconnect", () => process.exit())
