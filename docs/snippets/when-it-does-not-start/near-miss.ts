import { defineModule, ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"

// #region near-miss
class ChatGateway {
  readonly path = "/chat"
  onHandShake() {
    return false
  }
  onMessage() {}
}
// #endregion

const module = defineModule({ name: "ChatModule", providers: [ChatGateway] })
const app = await ToniFactory.create(module, new NodeHttpAdapter())
app.useWebSocketAdapter(new NodeWebSocketAdapter())
await app.listen(3000)
