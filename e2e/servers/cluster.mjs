// A primary process whose workers serve the same port, one after another; it does what its parent asks.
import cluster from "node:cluster"
import { once } from "node:events"
import { createServer } from "node:net"
import { defineModule, ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"

if (cluster.isPrimary) lead()
else await work()

function lead() {
  let worker
  let port = 0
  // Workers share a port that they name; 0 would be another one for each.
  const choosePort = async () => {
    const server = createServer().listen(0, "127.0.0.1")
    await once(server, "listening")
    const chosen = server.address().port
    await once(server.close(), "close")
    return chosen
  }
  const start = async () => {
    const started = cluster.fork({ PORT: String(port) })
    await once(started, "listening")
    return started
  }
  const answers = {
    async start() {
      port = await choosePort()
      worker = await start()
      return port
    },
    /** Starts another worker, has the old one close, and waits for its end. */
    async reload() {
      const old = worker
      worker = await start()
      const gone = once(old, "exit")
      old.send("close")
      return (await gone)[0]
    },
  }
  const answer = async ({ id, name, args }) => process.send({ id, answer: await answers[name](...args) })
  process.on("message", (question) => void answer(question))
  process.on("disconnect", () => process.exit())
}

async function work() {
  class Echo {
    path = "/chat"
    onMessage = (client, message) => client.send(message)
  }
  const handler = (_request, response) => response.end(String(process.pid))
  const quiet = () => undefined
  const app = await ToniFactory.create(defineModule({ name: "App", providers: [Echo] }), new NodeHttpAdapter(handler), {
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  })
  app.useWebSocketAdapter(new NodeWebSocketAdapter())
  const end = async () => {
    // In waves: those of the first come back long before the last one.
    await app.close({ window: 300 })
    cluster.worker.disconnect()
  }
  process.on("message", (message) => {
    if (message === "close") void end()
  })
  await app.listen(Number(process.env.PORT), "127.0.0.1")
}
