import { setTimeout as wait } from "node:timers/promises"
import { inject, Hub, Token } from "toni"
import type { DisconnectReason, Gateway, GatewayOptions, WsClient, WsMessage } from "toni"

// #region count
const Count = new Token<number>("Count")

export class CountGateway implements Gateway {
  readonly path = "/count"

  onConnect(client: WsClient) {
    client.setMetadata(Count, 0)
  }

  async onMessage(client: WsClient) {
    const count = client.requireMetadata(Count) + 1
    client.setMetadata(Count, count)
    await client.send(`message ${count} of ${client.id}`)
    if (count === 3) await client.close(4000, "three are enough")
  }
}
// #endregion

// #region order
export class OrderGateway implements Gateway {
  readonly path = "/in-order"

  async onMessage(client: WsClient, message: WsMessage) {
    const text = message.asText()
    if (text === "slow") await wait(100) // a database, say
    await client.send(`${text} is done`)
  }
}
// #endregion

// #region concurrency
export class ThumbnailGateway implements Gateway {
  readonly path = "/thumbnails"
  readonly options: GatewayOptions = { concurrency: 4 }

  async onMessage(client: WsClient, message: WsMessage) {
    const text = message.asText()
    if (text === "slow") await wait(100) // a large picture, say
    await client.send(`${text} is done`)
  }
}
// #endregion

// #region signal
export class SearchGateway implements Gateway {
  readonly path = "/search"

  async onMessage(client: WsClient, message: WsMessage) {
    const results = await this.#search(message.asText() ?? "", client.signal)
    await client.send(results)
  }

  /** Stands for a fetch() or a database that takes a signal. */
  async #search(words: string, signal: AbortSignal) {
    await wait(60_000, undefined, { signal })
    return `Nothing about ${words}.`
  }
}
// #endregion

// #region failing
export class FailingGateway implements Gateway {
  readonly path = "/failing"

  async onMessage(client: WsClient, message: WsMessage) {
    if (message.asText() === "fail") throw new Error("the database is away")
    await client.send("still here")
  }
}
// #endregion

// #region departures
export class DeparturesGateway implements Gateway {
  readonly path = "/departures"
  readonly options: GatewayOptions = { maxPayload: 1024 }
  readonly #hub = inject(Hub)

  async onMessage(client: WsClient, message: WsMessage) {
    if (message.asText() === "watch") await client.subscribe("departures")
    else await client.close(4001, "you asked for it")
  }

  async onDisconnect(_client: WsClient, reason: DisconnectReason) {
    await this.#hub.publish("departures", this.#describe(reason))
  }

  #describe(reason: DisconnectReason): string {
    switch (reason.kind) {
      case "client":
        return `it closed with ${reason.code}`
      case "server":
        return `we closed it with ${reason.code}`
      case "limit":
        return `it went over ${reason.limit}`
      case "protocol-error":
        return `it broke the protocol: ${reason.message}`
      case "slow-consumer":
        return `it did not read ${reason.pendingBytes} bytes`
      case "expired":
      case "shutdown":
      case "timeout":
      case "lost":
        return `it is gone: ${reason.kind}`
    }
  }
}
// #endregion
