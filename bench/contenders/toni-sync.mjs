import { defineModule, Hub, inject, ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"

class Echo {
  path = "/echo"

  onMessage(client, message) {
    return client.send(message)
  }
}

class Chat {
  path = "/chat"
  hub = inject(Hub)

  async onConnect(client) {
    await client.subscribe("everybody")
  }

  onMessage(_client, message) {
    return this.hub.publish("everybody", message)
  }
}

const module = defineModule({ name: "Bench", providers: [Echo, Chat] })
const app = await ToniFactory.create(module, new NodeHttpAdapter())
app.useWebSocketAdapter(new NodeWebSocketAdapter())
await app.listen(Number(process.env.PORT), "127.0.0.1")
console.log("ready")
