import { WsMessage, type DisconnectReason, type Gateway, type WsClient } from "toni"

// #region rooms
export class RoomGateway implements Gateway {
  readonly path = "/rooms/:room"

  async onConnect(client: WsClient<RoomGateway["path"]>) {
    await client.subscribe(`room:${client.params.room}`)
  }

  async onMessage(client: WsClient<RoomGateway["path"]>, message: WsMessage) {
    await client.publish(`room:${client.params.room}`, message) // to everyone but this client
  }

  async onDisconnect(client: WsClient, _reason: DisconnectReason) {
    for (const topic of client.topics) await client.publish(topic, WsMessage.text("somebody left"))
  }
}
// #endregion
