import type { Gateway, GatewayOptions, HandshakeAnswer, WsClient, WsHandshake, WsMessage } from "toni"

// #region facts
export class FactsGateway implements Gateway {
  readonly path = "/facts"

  onHandshake(handshake: WsHandshake): HandshakeAnswer {
    console.log({
      header: handshake.headers.get("user-agent"), // null when there is none
      query: handshake.query.get("invite"), // ?invite=…
      cookie: handshake.cookies["session"], // undefined when there is none
      bearer: handshake.bearer, // the token, wherever it stands
      origin: handshake.origin, // undefined outside of browsers
      address: handshake.remoteAddress,
    })
    return handshake.query.has("invite") // true: come in; false: 403
  }

  onMessage() {}
}
// #endregion

// #region cookie
export class CookieGateway implements Gateway {
  readonly path = "/cookie"
  readonly #sessions = new Map([["3f9c", "Ann"]])

  onHandshake(handshake: WsHandshake): HandshakeAnswer {
    const session = handshake.cookies["session"]
    if (session === undefined || !this.#sessions.has(session)) return handshake.close(4401, "please sign in")
    return true
  }

  async onMessage(client: WsClient, message: WsMessage) {
    await client.send(message)
  }
}
// #endregion

// #region origins
export class WidgetGateway implements Gateway {
  readonly path = "/widget"
  readonly options: GatewayOptions = { origins: ["https://app.example.com", "https://www.example.com"] }

  async onMessage(client: WsClient, message: WsMessage) {
    await client.send(message)
  }
}
// #endregion

// #region protocols
export class SpeakingGateway implements Gateway {
  readonly path = "/speaking"
  readonly options: GatewayOptions = { protocols: ["chat.v2", "chat.v1"] }

  async onMessage(client: WsClient) {
    await client.send(`we speak ${client.protocol}`)
  }
}
// #endregion
