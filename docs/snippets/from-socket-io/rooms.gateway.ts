import { inject, Hub, WsMessage, type Gateway, type WsClient } from "toni"

// #region rooms
export class RoomsGateway implements Gateway {
  readonly path = "/rooms/:room"
  readonly #hub = inject(Hub)

  async onConnect(client: WsClient<RoomsGateway["path"]>) {
    await client.subscribe(client.params.room) // socket.join(room)
    await client.send("hello") // socket.emit(…)
  }

  async onMessage(client: WsClient<RoomsGateway["path"]>, message: WsMessage) {
    const { room } = client.params
    if (message.asText() === "count") await client.send(`${await this.#hub.count(room)} here`)
    else if (message.asText() === "bell") await this.#hub.publish(room, "ding") // io.to(room).emit(…)
    else await client.publish(room, message) // socket.to(room).emit(…)
  }
}
// #endregion

// #region ack
interface Request {
  readonly id: number
  readonly add: readonly [number, number]
}

export class CalculatorGateway implements Gateway {
  readonly path = "/calculator"

  async onMessage(client: WsClient, message: WsMessage) {
    const { id, add } = message.asJson() as Request // check it in a real one
    await client.send(WsMessage.json({ id, sum: add[0] + add[1] }))
  }
}
// #endregion
