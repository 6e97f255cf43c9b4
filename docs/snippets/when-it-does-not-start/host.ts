import { ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { ChatModule } from "../getting-started/chat.module.ts"

const app = await ToniFactory.create(ChatModule, new NodeHttpAdapter())
app.useWebSocketAdapter(new NodeWebSocketAdapter())
await app.listen(3000, "chat.invalid")
