import { defineModule, ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import {
  CountGateway,
  DeparturesGateway,
  FailingGateway,
  OrderGateway,
  SearchGateway,
  ThumbnailGateway,
} from "./clients.gateway.ts"
import { JsonGateway, SamplesGateway } from "./messages.gateway.ts"
import { AnyRoomGateway, HomeGateway, LobbyGateway, RoomGateway } from "./paths.ts"

const AppModule = defineModule({
  name: "AppModule",
  providers: [
    HomeGateway,
    LobbyGateway,
    AnyRoomGateway,
    RoomGateway,
    SamplesGateway,
    JsonGateway,
    CountGateway,
    OrderGateway,
    ThumbnailGateway,
    SearchGateway,
    FailingGateway,
    DeparturesGateway,
  ],
})

// #region on-error
const app = await ToniFactory.create(AppModule, new NodeHttpAdapter(), {
  onError(error, { phase, gateway, clientId }) {
    console.error(`${gateway} failed in ${phase} for ${clientId ?? "nobody yet"}:`, error)
  },
})
// #endregion
app.useWebSocketAdapter(new NodeWebSocketAdapter())
app.closeOnSignals()
await app.listen(3000, "127.0.0.1")
