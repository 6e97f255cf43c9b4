import { inject, WsMessage, type DisconnectReason, type Gateway, type WsClient } from "toni"
import { Greeter } from "./greeter.ts"

export class ChatGateway implements Gateway {
  readonly path = "/chat"
  readonly #greeter = inject(Greeter)

  async onConnect(client: WsClient) {
    await client.send(WsMessage.text(this.#greeter.welcome()))
  }

  async onMessage(client: WsClient, message: WsMessage) {
    const text = message.asText()
    if (text !== undefined) await client.send(WsMessage.text(`You said: ${text}`))
  }

  onDisconnect(client: WsClient, reason: DisconnectReason) {
    console.log(`${client.id} left: ${reason.kind}`)
  }
}
