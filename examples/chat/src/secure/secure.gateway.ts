import { inject, WsMessage, type Gateway, type HandshakeAnswer, type WsClient, type WsHandshake } from "toni"
import { AuthService } from "./auth.service.ts"
import { CurrentUser } from "./current-user.ts"

/**
 * Lets in who brings a token that is known: `Authorization: Bearer open-sesame`, or from a browser, which cannot set
 * headers, the subprotocols `toni` and `toni.bearer.<base64url of the token>`.
 */
export class SecureGateway implements Gateway {
  readonly path = "/secure"
  readonly #auth = inject(AuthService)

  onHandshake(handshake: WsHandshake): HandshakeAnswer {
    const user = this.#auth.verify(handshake.bearer)
    if (!user) return handshake.reject(401, "Unknown token", { "WWW-Authenticate": "Bearer" })
    handshake.setMetadata(CurrentUser, user)
    return handshake.accept()
  }

  async onConnect(client: WsClient): Promise<void> {
    const { name } = client.requireMetadata(CurrentUser)
    await client.send(WsMessage.text(`You are ${name}.`))
  }

  async onMessage(client: WsClient, message: WsMessage): Promise<void> {
    const { name } = client.requireMetadata(CurrentUser)
    const text = message.asText()
    if (text !== undefined) await client.send(WsMessage.text(`You are ${name}, and you said: ${text}`))
  }
}
