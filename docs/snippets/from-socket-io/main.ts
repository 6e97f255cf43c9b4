import { defineModule, ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { CalculatorGateway, RoomsGateway } from "./rooms.gateway.ts"

const AppModule = defineModule({ name: "AppModule", providers: [RoomsGateway, CalculatorGateway] })

const app = await ToniFactory.create(AppModule, new NodeHttpAdapter())
app.useWebSocketAdapter(new NodeWebSocketAdapter())
await app.listen(3000, "127.0.0.1")
