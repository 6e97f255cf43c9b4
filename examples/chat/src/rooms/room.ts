import type { Person, Said } from "../protocol/room-protocol.ts"

/** How many messages a newcomer gets to see. */
const historyLength = 50

/** Who is in one room, and what was said there last. */
export class Room {
  readonly #seats = new Map<string, { person: Person; connections: number }>()
  readonly #messages: Said[] = []

  /** One more connection of this person. True when the others should hear of it: a new face, or a new name. */
  enter(person: Person): boolean {
    const seat = this.#seats.get(person.id)
    this.#seats.set(person.id, { person, connections: (seat?.connections ?? 0) + 1 })
    return seat?.person.name !== person.name
  }

  /** One connection less. True when it was this person's last. */
  leave({ id }: Person): boolean {
    const seat = this.#seats.get(id)
    if (seat && --seat.connections > 0) return false
    return this.#seats.delete(id)
  }

  /** Keeps a message. One that this author said before, by its id, is answered as it was and not kept again. */
  say(message: Said): { readonly message: Said; readonly isNew: boolean } {
    const known = this.#messages.find(({ id, author }) => id === message.id && author.id === message.author.id)
    if (known) return { message: known, isNew: false }
    this.#messages.push(message)
    if (this.#messages.length > historyLength) this.#messages.shift()
    return { message, isNew: true }
  }

  get people(): readonly Person[] {
    return [...this.#seats.values()].map(({ person }) => person)
  }

  get messages(): readonly Said[] {
    return [...this.#messages]
  }

  get isEmpty(): boolean {
    return this.#seats.size === 0
  }
}
