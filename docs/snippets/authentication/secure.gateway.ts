import {
  inject,
  Token,
  type Gateway,
  type HandshakeAnswer,
  type WsClient,
  type WsHandshake,
  type WsMessage,
} from "toni"
import { Tokens, type User } from "./tokens.ts"

// #region gateway
export const CurrentUser = new Token<User>("CurrentUser")

export class SecureGateway implements Gateway {
  readonly path = "/secure/:tenant"
  readonly #tokens = inject(Tokens)

  onHandshake(handshake: WsHandshake): HandshakeAnswer {
    const user = handshake.bearer && this.#tokens.verify(handshake.bearer)
    if (!user) return handshake.reject(401, "unknown token", { "WWW-Authenticate": "Bearer" })
    handshake.setMetadata(CurrentUser, user)
    return handshake.accept({ expiresAt: user.expiresAt })
  }

  async onMessage(client: WsClient<SecureGateway["path"]>, message: WsMessage) {
    const user = client.requireMetadata(CurrentUser) // a User; throws when there is none
    await client.send(`${user.name} of ${client.params.tenant} says ${message.asText()}`)
  }
}
// #endregion

// #region renew
export class RenewingGateway implements Gateway {
  readonly path = "/renewing"
  readonly #tokens = inject(Tokens)

  onHandshake(handshake: WsHandshake): HandshakeAnswer {
    const user = handshake.bearer && this.#tokens.verify(handshake.bearer)
    if (!user) return false // 403
    handshake.setMetadata(CurrentUser, user)
    return handshake.accept({ expiresAt: user.expiresAt })
  }

  async onMessage(client: WsClient, message: WsMessage) {
    const user = this.#tokens.verify(message.asText() ?? "")
    if (user?.name !== client.getMetadata(CurrentUser)?.name || !user) return client.close(4401, "unknown token")
    client.setMetadata(CurrentUser, user)
    client.extend(user.expiresAt)
    return client.send("renewed")
  }
}
// #endregion
