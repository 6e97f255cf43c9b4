import { ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { AppModule } from "./app.module.ts"

const app = await ToniFactory.create(AppModule, new NodeHttpAdapter())
app.useWebSocketAdapter(new NodeWebSocketAdapter())
await app.listen(3000, "127.0.0.1")
