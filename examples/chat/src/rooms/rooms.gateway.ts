import { createHash, randomUUID } from "node:crypto"
import {
  Hub,
  inject,
  Token,
  WsMessage,
  type Gateway,
  type GatewayOptions,
  type HandshakeAnswer,
  type WsClient,
  type WsHandshake,
} from "toni"
import { checkName, checkRoom } from "../protocol/checks.ts"
import { notAcceptable, type Person, type RoomEvent } from "../protocol/room-protocol.ts"
import { readRequest } from "./read-request.ts"
import { Rooms } from "./rooms.ts"

/** Which room a connection is for, and whose it is. */
interface Seat {
  readonly room: string
  readonly person: Person
}

const CurrentSeat = new Token<Seat>("CurrentSeat")

/** The gateway behind the page; `protocol/room-protocol.ts` says what it speaks. A room is a topic. */
export class RoomsGateway implements Gateway {
  readonly path = "/rooms/:room"
  readonly options: GatewayOptions = {
    maxPayload: 32 * 1024, // 2,000 characters, even when each is written as an escape
    maxConnections: 1_000,
    rateLimit: { messages: 20, per: 1_000, burst: 100 },
  }
  readonly #hub = inject(Hub)
  readonly #rooms = inject(Rooms)

  onHandshake(handshake: WsHandshake<"/rooms/:room">): HandshakeAnswer {
    const room = checkRoom(handshake.params.room)
    if (!room.ok) return handshake.close(notAcceptable, room.problem)
    const name = checkName(handshake.query.get("name") ?? "")
    if (!name.ok) return handshake.close(notAcceptable, name.problem)
    const key = handshake.query.get("key") ?? randomUUID()
    if (!/^[\w-]{16,64}$/.test(key)) {
      return handshake.close(notAcceptable, "A key is 16 to 64 of the characters A–Z a–z 0–9 _ and -.")
    }
    const person = { id: idFor(key), name: name.value }
    handshake.setMetadata(CurrentSeat, { room: room.value, person })
    return handshake.accept()
  }

  async onConnect(client: WsClient): Promise<void> {
    const { room, person } = client.requireMetadata(CurrentSeat)
    // First of all: what is said from now on arrives, and what was said before is in the welcome.
    await client.subscribe(topicOf(room))
    const { people, messages, isNew } = this.#enter(room, person)
    // Nothing after this may fail or wait: only who has connected disconnects, and leaves the room again.
    void client.send(encode({ type: "welcome", room, you: person, people, messages }))
    if (isNew) void client.publish(topicOf(room), encode({ type: "joined", person }))
  }

  async onMessage(client: WsClient, message: WsMessage): Promise<void> {
    const { room, person } = client.requireMetadata(CurrentSeat)
    const request = readRequest(message)
    switch (request.type) {
      case "say": {
        const { id = randomUUID(), text } = request
        const said = this.#rooms.open(room).say({ type: "said", id, author: person, text, at: Date.now() })
        if (said.isNew) await this.#hub.publish(topicOf(room), encode(said.message))
        else await client.send(encode(said.message))
        return
      }
      case "typing":
        await client.publish(topicOf(room), encode({ type: "typing", id: person.id, on: request.on }), {
          volatile: true,
        })
        return
      case "ping":
        await client.send(encode({ type: "pong" }))
        return
      case "error":
        await client.send(encode(request))
    }
  }

  async onDisconnect(client: WsClient): Promise<void> {
    const { room, person } = client.requireMetadata(CurrentSeat)
    const isGone = this.#rooms.open(room).leave(person)
    this.#rooms.tidy(room)
    if (isGone) await this.#hub.publish(topicOf(room), encode({ type: "left", id: person.id }))
  }

  #enter(name: string, person: Person) {
    const room = this.#rooms.open(name)
    const isNew = room.enter(person)
    return { people: room.people, messages: room.messages, isNew }
  }
}

function topicOf(room: string): string {
  return `room:${room}`
}

/** Public, and always the same for a key; the key, which lets its owner come back, cannot be told from it. */
function idFor(key: string): string {
  return createHash("sha256").update(key).digest("base64url").slice(0, 16)
}

function encode(event: RoomEvent): WsMessage {
  return WsMessage.json(event)
}
