import { defineModule, Hub, inject, ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"

class Echo {
  path = "/echo"

  async onMessage(client, message) {
    await client.send(message)
  }
}

class Chat {
  path = "/chat"
  hub = inject(Hub)

  async onConnect(client) {
    await client.subscribe("everybody")
  }

  async onMessage(_client, message) {
    await this.hub.publish("everybody", message)
  }
}

const module = defineModule({ name: "Bench", providers: [Echo, Chat] })
const app = await ToniFactory.create(module, new NodeHttpAdapter())
app.useWebSocketAdapter(new NodeWebSocketAdapter())
await app.listen(Number(process.env.PORT), "127.0.0.1")
console.log("ready")
