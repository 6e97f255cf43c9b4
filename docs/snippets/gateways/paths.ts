import type { Gateway, WsClient, WsMessage } from "toni"

// #region params
export class RoomGateway implements Gateway {
  readonly path = "/teams/:team/rooms/:room"

  async onMessage(client: WsClient<RoomGateway["path"]>, message: WsMessage) {
    const { team, room } = client.params // both are strings
    await client.send(`${team}, ${room}: ${message.asText()}`)
  }
}
// #endregion

/** Says which gateway was found, and with which parameters. */
abstract class Signpost implements Gateway {
  abstract readonly path: string

  async onConnect(client: WsClient) {
    await client.send(`${this.path} ${JSON.stringify(client.params)}`)
  }

  onMessage() {}
}

export class HomeGateway extends Signpost {
  readonly path = "/"
}

export class LobbyGateway extends Signpost {
  readonly path = "/rooms/lobby"
}

export class AnyRoomGateway extends Signpost {
  readonly path = "/rooms/:room"
}
