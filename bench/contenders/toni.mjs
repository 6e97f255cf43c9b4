import { Hub, inject } from "toni"
import { serve } from "./toni-serve.mjs"

class Echo {
  path = "/echo"
  options = { compression: process.env.DEFLATE === "1" }

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

await serve(Echo, Chat)
