import { Room } from "./room.ts"

/** How many rooms without anybody in them keep their history. */
const mostEmptyRooms = 100

/** Every room of this process, by name. */
export class Rooms {
  readonly #rooms = new Map<string, Room>()
  /** The names of empty rooms, the one that has been empty longest first. */
  readonly #empty = new Set<string>()

  /** The room, made when there is none. Somebody is about to enter it, or is there. */
  open(name: string): Room {
    this.#empty.delete(name)
    let room = this.#rooms.get(name)
    if (!room) this.#rooms.set(name, (room = new Room()))
    return room
  }

  /** To be called when somebody has left: an empty room is forgotten once too many others have been empty since. */
  tidy(name: string): void {
    if (this.#rooms.get(name)?.isEmpty !== true) return
    this.#empty.add(name)
    for (const oldest of this.#empty) {
      if (this.#empty.size <= mostEmptyRooms) break
      this.#empty.delete(oldest)
      this.#rooms.delete(oldest)
    }
  }

  get size(): number {
    return this.#rooms.size
  }
}
