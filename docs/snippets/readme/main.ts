import { defineModule, ToniFactory, type Gateway, type WsClient, type WsMessage } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"

class ChatGateway implements Gateway {
  readonly path = "/chat/:room"

  async onConnect(client: WsClient<"/chat/:room">) {
    await client.subscribe(client.params.room)
  }

  async onMessage(client: WsClient<"/chat/:room">, message: WsMessage) {
    await client.publish(client.params.room, message)
  }
}

const ChatModule = defineModule({ name: "ChatModule", providers: [ChatGateway] })

const app = await ToniFactory.create(ChatModule, new NodeHttpAdapter())
app.useWebSocketAdapter(new NodeWebSocketAdapter())
app.closeOnSignals()
await app.listen(3000)
