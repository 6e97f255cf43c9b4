import { defineModule, inject, Token } from "toni"
import type { DisconnectReason, Gateway, HandshakeAnswer, WsClient, WsHandshake, WsMessage } from "toni"

export interface User {
  readonly name: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** Asks a database, in real life. */
export class Users {
  async byToken(token: string): Promise<User | undefined> {
    throw new Error(`There is no database to look for ${token}.`)
  }
}

// #region gateway
const CurrentUser = new Token<User>("CurrentUser")

export class ChatGateway implements Gateway {
  readonly path = "/chat"
  readonly #users = inject(Users)

  async onHandshake(handshake: WsHandshake): Promise<HandshakeAnswer> {
    const user = await this.#users.byToken(handshake.bearer ?? "")
    if (!user) return handshake.reject(401)
    handshake.setMetadata(CurrentUser, user)
    return handshake.accept({ expiresAt: user.expiresAt })
  }

  async onConnect(client: WsClient) {
    await client.subscribe("chat")
    await client.send(`Welcome, ${client.requireMetadata(CurrentUser).name}`)
  }

  async onMessage(client: WsClient, message: WsMessage) {
    const text = message.asText()
    if (text === undefined) throw new Error("this chat is for text")
    await client.publish("chat", `${client.requireMetadata(CurrentUser).name}: ${text}`)
  }

  async onDisconnect(client: WsClient, reason: DisconnectReason) {
    await client.publish("chat", `${client.requireMetadata(CurrentUser).name} left (${reason.kind})`)
  }
}
// #endregion

export const ChatModule = defineModule({ name: "ChatModule", providers: [Users, ChatGateway] })
