import { createServer } from "node:http"
import { ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { ChatModule } from "./chat.module.ts"

// #region listener
const http = new NodeHttpAdapter((request, response) => {
  response.end(`You asked for ${request.url}\n`)
})
// #endregion

// #region server
const server = createServer((request, response) => {
  response.end(`You asked for ${request.url}\n`)
})
const sameHttp = new NodeHttpAdapter(server)
// #endregion

for (const [adapter, port] of [
  [http, 3000],
  [sameHttp, 3001],
] as const) {
  const app = await ToniFactory.create(ChatModule, adapter)
  app.useWebSocketAdapter(new NodeWebSocketAdapter())
  await app.listen(port, "127.0.0.1")
}
