import { Hub, inject, WsMessage } from "toni"

// #region announcements
export class Announcements {
  readonly #hub = inject(Hub)

  async toRoom(room: string, text: string) {
    await this.#hub.publish(`room:${room}`, WsMessage.text(text))
  }

  async toEveryone(text: string) {
    await this.#hub.broadcast(text)
  }

  async toOne(clientId: string, text: string) {
    await this.#hub.send(clientId, text)
  }

  /** Moves everybody in one room to another. */
  async move(from: string, to: string) {
    await this.#hub.subscribe({ topic: `room:${from}` }, `room:${to}`)
    await this.#hub.unsubscribe({ topic: `room:${from}` }, `room:${from}`)
  }

  async closeRoom(room: string) {
    await this.#hub.disconnect({ topic: `room:${room}` }, 4000, "this room is closed")
  }

  async count(room: string): Promise<number> {
    return this.#hub.count(`room:${room}`)
  }
}
// #endregion

/** What the options of a publish do. */
export class Position {
  readonly #hub = inject(Hub)

  // #region options
  async moved(position: string, sender: { readonly id: string }) {
    await this.#hub.publish("room:map", position, { except: [sender], volatile: true })
  }
  // #endregion
}
