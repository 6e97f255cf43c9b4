import { setTimeout as wait } from "node:timers/promises"
import { defineModule, ToniFactory, type DisconnectReason, type Gateway, type WsClient } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"

class OrdersGateway implements Gateway {
  readonly path = "/orders"

  async onMessage(client: WsClient) {
    await client.send("accepted")
    await wait(200) // a database, say
    await client.send("saved")
  }

  onDisconnect(_client: WsClient, reason: DisconnectReason) {
    console.log(`reason: ${reason.kind}`)
  }
}

class Store {
  onModuleDestroy() {
    console.log("store closed")
  }
}

const AppModule = defineModule({ name: "AppModule", providers: [OrdersGateway, Store] })

// #region signals
const app = await ToniFactory.create(AppModule, new NodeHttpAdapter())
app.useWebSocketAdapter(new NodeWebSocketAdapter())
app.closeOnSignals()
await app.listen(3000, "127.0.0.1")
// #endregion
