import { WsMessage, type Gateway, type WsClient } from "toni"

// #region events
type Handler = (client: WsClient, data: unknown) => Promise<void | boolean>

export class EventsGateway implements Gateway {
  readonly path = "/events"
  readonly #handlers = new Map<string, Handler>([
    ["echo", (client, data) => client.send(WsMessage.json({ event: "echo", data }))],
    ["say", (client, data) => client.publish("events", WsMessage.json({ event: "said", data }))],
  ])

  async onConnect(client: WsClient) {
    await client.subscribe("events")
  }

  onMessage(client: WsClient, message: WsMessage) {
    const { event, data } = readEvent(message)
    const handle = this.#handlers.get(event)
    if (!handle) return client.send(WsMessage.json({ event: "error", data: `unknown event: ${event}` }))
    return handle(client, data)
  }
}

/** Anything may come: bytes, what is no JSON, `null`. What names no event is the event "". */
function readEvent(message: WsMessage): { event: string; data?: unknown } {
  try {
    const { event, data } = Object(message.asJson()) as { event?: unknown; data?: unknown }
    return { event: typeof event === "string" ? event : "", data }
  } catch {
    return { event: "" }
  }
}
// #endregion
