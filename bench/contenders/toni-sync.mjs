// The same gateways, whose handlers return what send and publish answer: there is no promise for each message then.
import { Hub, inject } from "toni"
import { serve } from "./toni-serve.mjs"

class Echo {
  path = "/echo"

  onMessage(client, message) {
    return client.send(message)
  }
}

class Chat {
  path = "/chat"
  hub = inject(Hub)

  onConnect(client) {
    return client.subscribe("everybody")
  }

  onMessage(_client, message) {
    return this.hub.publish("everybody", message)
  }
}

await serve(Echo, Chat)
