import { defineModule, Hub, ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { Announcements, Position } from "./announcements.ts"
import { RoomGateway } from "./rooms.gateway.ts"

const AppModule = defineModule({ name: "AppModule", providers: [RoomGateway, Announcements, Position] })

// #region http
const http = new NodeHttpAdapter((request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://localhost")
  void app.get(Hub).publish(`room:${pathname.slice(1)}`, "somebody rang the bell")
  response.end("rung\n")
})

const app = await ToniFactory.create(AppModule, http)
// #endregion
app.useWebSocketAdapter(new NodeWebSocketAdapter())
await app.listen(3000, "127.0.0.1")
