import { ToniFactory } from "toni"
import { NodeHttpAdapter } from "toni/node"
import { ChatModule } from "./chat.module.ts"

// #region ws
import { WsWebSocketAdapter } from "toni/ws"

const app = await ToniFactory.create(ChatModule, new NodeHttpAdapter())
app.useWebSocketAdapter(new WsWebSocketAdapter())
// #endregion
await app.listen(3000, "127.0.0.1")
