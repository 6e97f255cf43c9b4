import { inject, WsMessage, type DisconnectReason, type Gateway, type WsClient } from "toni"
import { Greeter } from "./greeter.ts"

/** The smallest useful gateway: it greets, answers what it is told, and says in the log who left and why. */
export class ChatGateway implements Gateway {
  readonly path = "/chat"
  readonly #greeter = inject(Greeter)

  async onConnect(client: WsClient): Promise<void> {
    console.log(`Client ${client.id} connected`)
    await client.send(WsMessage.text(this.#greeter.welcome()))
  }

  async onMessage(client: WsClient, message: WsMessage): Promise<void> {
    const text = message.asText()
    if (text === undefined) return
    // As JSON, so that a message with line breaks cannot forge lines of the log.
    console.log(`Message from ${client.id}: ${JSON.stringify(text)}`)
    await client.send(WsMessage.text(this.#greeter.answer(text)))
  }

  onDisconnect(client: WsClient, reason: DisconnectReason): void {
    console.log(`Client ${client.id} disconnected: ${JSON.stringify(reason)}`)
  }
}
