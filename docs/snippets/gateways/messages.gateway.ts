import { ToniError, WsMessage, type Gateway, type WsClient } from "toni"

export class SamplesGateway implements Gateway {
  readonly path = "/samples"

  async onConnect(client: WsClient) {
    // #region making
    await client.send(WsMessage.text("hello")) // text
    await client.send(WsMessage.binary([0, 1, 2])) // binary: a Uint8Array, an ArrayBuffer, or any iterable of numbers
    await client.send(WsMessage.ping()) // ping: the peer answers it by itself
    await client.send(WsMessage.pong()) // pong: a sign of life that expects no answer
    await client.send(WsMessage.json({ hello: "world" })) // a text message that holds JSON
    await client.send("hello") // short for WsMessage.text("hello")
    await client.send(Uint8Array.of(0, 1, 2)) // short for WsMessage.binary(…)
    // #endregion
    await client.send(`${WsMessage.ping([7]).asBinary()?.byteLength} ${WsMessage.pong().kind}`)
  }

  // #region reading
  async onMessage(client: WsClient, message: WsMessage) {
    const text = message.asText() // a string; undefined for binary
    const bytes = message.asBinary() // a Uint8Array; undefined for text
    if (text !== undefined) await client.send(`text of ${text.length} characters`)
    if (bytes !== undefined) await client.send(`binary of ${bytes.byteLength} bytes`)
  }
  // #endregion
}

export class JsonGateway implements Gateway {
  readonly path = "/json"

  // #region json
  async onMessage(client: WsClient, message: WsMessage) {
    try {
      const value = message.asJson() // unknown: check it before you use it
      await client.send(WsMessage.json({ received: value }))
    } catch (error) {
      if (!(error instanceof ToniError)) throw error
      await client.send(WsMessage.json({ error: error.code }))
    }
  }
  // #endregion
}
