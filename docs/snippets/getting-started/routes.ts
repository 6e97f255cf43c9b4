import express from "express"
import { defineModule, Hub, ToniFactory, type WsClient } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"

class NewsGateway {
  readonly path = "/news"

  onConnect(client: WsClient) {
    return client.subscribe("news")
  }

  onMessage() {}
}

const NewsModule = defineModule({ name: "NewsModule", providers: [NewsGateway] })

// #region routes
const http = new NodeHttpAdapter()
const app = await ToniFactory.create(NewsModule, http)
app.useWebSocketAdapter(new NodeWebSocketAdapter())

const routes = express()
routes.post("/news", async (_request, response) => {
  await app.get(Hub).publish("news", "Tea is ready.")
  response.sendStatus(202)
})
http.handle(routes)
await app.listen(3000, "127.0.0.1")
// #endregion
