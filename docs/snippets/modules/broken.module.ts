import { defineModule, inject, Token, type Gateway, type WsClient } from "toni"

// #region broken
const ApiKey = new Token<string>("ApiKey")

class Mailer {
  readonly #key = inject(ApiKey) // nothing provides it

  send(text: string) {
    return `${text} with ${this.#key.length} letters of key`
  }
}

class Ledger {}

const AccountsModule = defineModule({
  name: "AccountsModule",
  providers: [Ledger], // not exported
})

class OrdersGateway implements Gateway {
  readonly path = "/orders"
  readonly mailer = inject(Mailer)
  readonly ledger = inject(Ledger)

  onMessage() {}
}

class NewsGateway {
  readonly path = "/news" // but no onMessage

  onConnect(client: WsClient) {
    return client.subscribe("news")
  }
}

export const BrokenModule = defineModule({
  name: "BrokenModule",
  imports: [AccountsModule],
  providers: [Mailer, OrdersGateway, NewsGateway],
})
// #endregion
