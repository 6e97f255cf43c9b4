import type { Gateway, GatewayOptions, WsClient, WsMessage } from "toni"

// #region options
export class UploadGateway implements Gateway {
  readonly path = "/upload"
  readonly options: GatewayOptions = {
    maxPayload: 8 * 1024 * 1024, // bytes
    maxConnections: "unlimited",
    rateLimit: { messages: 20, per: 1_000, burst: 40 }, // milliseconds
  }

  async onMessage(client: WsClient, message: WsMessage) {
    await client.send(`${message.byteLength} bytes`)
  }
}
// #endregion

// #region backpressure
export class NumbersGateway implements Gateway {
  readonly path = "/numbers"

  async onMessage(client: WsClient, message: WsMessage) {
    const last = Number(message.asText())
    for (let number = 1; number <= last && client.isOpen; number++) {
      await client.send(String(number).padStart(1_000))
    }
  }
}
// #endregion

// #region close
export class StrictGateway implements Gateway {
  readonly path = "/strict"
  readonly options: GatewayOptions = { maxBackpressure: 256 * 1024 } // slowConsumer is "close"

  onMessage(client: WsClient) {
    const picture = new Uint8Array(64 * 1024)
    for (let count = 1; count <= 1_000; count++) void client.send(picture) // nothing waits here
  }
}
// #endregion

// #region drop
export class TickerGateway implements Gateway {
  readonly path = "/ticker"
  readonly options: GatewayOptions = { maxBackpressure: 256 * 1024, slowConsumer: "drop" }

  async onMessage(client: WsClient) {
    const picture = new Uint8Array(64 * 1024)
    const sent = await Promise.all(Array.from({ length: 1_000 }, () => client.send(picture)))
    const taken = sent.filter((isTaken) => isTaken).length
    await client.send(`${taken} of ${sent.length} pictures are on their way`)
  }
}
// #endregion

// #region volatile
export class PointerGateway implements Gateway {
  readonly path = "/pointer"

  async onConnect(client: WsClient) {
    await client.subscribe("pointer")
  }

  async onMessage(client: WsClient, message: WsMessage) {
    await client.publish("pointer", message, { volatile: true }) // the next position comes soon
  }
}
// #endregion
