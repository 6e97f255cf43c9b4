import { ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { ChatModule } from "./chat.module.ts"

const app = await ToniFactory.create(ChatModule, new NodeHttpAdapter())
app.useWebSocketAdapter(new NodeWebSocketAdapter())
app.closeOnSignals()

const { url } = await app.listen(3000, "127.0.0.1")
console.log(`Open ${url}`)
