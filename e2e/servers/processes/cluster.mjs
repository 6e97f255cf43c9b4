// A primary of node:cluster with one worker, as process managers run it. The worker does nothing for its own end but
// closeOnSignals().
import cluster from "node:cluster"
import { defineModule, ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"

if (cluster.isPrimary) {
  const worker = cluster.fork()
  worker.on("exit", (code, signal) => {
    console.log(`Worker ended code=${code} signal=${signal} willingly=${worker.exitedAfterDisconnect}`)
  })
} else {
  class Echo {
    path = "/echo"
    onMessage = (client, message) => client.send(message)
  }
  const AppModule = defineModule({ name: "AppModule", providers: [Echo] })
  const app = await ToniFactory.create(AppModule, new NodeHttpAdapter())
  app.useWebSocketAdapter(new NodeWebSocketAdapter())
  app.closeOnSignals({
    onClosed: async ({ clients }) => {
      await new Promise((resolve) => process.send("bye", resolve))
      console.log(`Said bye to ${clients}`)
    },
  })
  const { port } = await app.listen(0, "127.0.0.1")
  console.log(`Worker ${process.pid} on ${port}.`)
}
