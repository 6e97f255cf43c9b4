import { setTimeout as wait } from "node:timers/promises"
import { defineModule, ToniFactory, type Gateway, type WsClient } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"

class PatientGateway implements Gateway {
  readonly path = "/patient"

  async onMessage(client: WsClient) {
    await client.send("this takes a minute")
    await wait(60_000, undefined, { ref: false })
  }
}

const AppModule = defineModule({ name: "AppModule", providers: [PatientGateway] })
const app = await ToniFactory.create(AppModule, new NodeHttpAdapter())
app.useWebSocketAdapter(new NodeWebSocketAdapter())
await app.listen(3000, "127.0.0.1")

// #region close
async function restart() {
  const report = await app.close({ code: 1012, window: 100, timeout: 300 })
  console.log(`${report.clients} clients, ${report.abandoned} handlers given up`)
}
// #endregion

process.once("SIGTERM", () => void restart())
