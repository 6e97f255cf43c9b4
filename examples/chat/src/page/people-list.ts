import type { Person } from "../protocol/room-protocol.ts"
import { byId, make } from "./dom.ts"
import { avatar } from "./message-log.ts"
import { count } from "./text.ts"

/** Who is in the room: beside the conversation, or on a phone behind a button. */
export class PeopleList {
  readonly #panel = byId("people", HTMLElement)
  readonly #list = byId("people-list", HTMLUListElement)
  readonly #alone = byId("people-alone", HTMLElement)
  readonly #headcount = byId("headcount", HTMLElement)
  readonly #toggle = byId("people-toggle", HTMLButtonElement)
  readonly #people = new Map<string, Person>()
  #you: Person | undefined

  constructor() {
    this.#toggle.addEventListener("click", () => this.#open(this.#toggle.ariaExpanded !== "true"))
    const closeByKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || this.#toggle.ariaExpanded !== "true") return
      this.#open(false)
      this.#toggle.focus()
    }
    this.#panel.addEventListener("keydown", closeByKey)
    this.#toggle.addEventListener("keydown", closeByKey)
    // Who goes on to the conversation wants to see it.
    byId("text", HTMLElement).addEventListener("focus", () => this.#open(false))
  }

  reset(you: Person | undefined, people: readonly Person[]): void {
    this.#you = you
    this.#people.clear()
    for (const person of people) this.#people.set(person.id, person)
    if (!you) this.#open(false)
    this.#show()
  }

  get(id: string): Person | undefined {
    return this.#people.get(id)
  }

  set(person: Person): void {
    this.#people.set(person.id, person)
    this.#show()
  }

  remove(id: string): void {
    this.#people.delete(id)
    this.#show()
  }

  #open(isOpen: boolean): void {
    this.#toggle.ariaExpanded = String(isOpen)
    this.#panel.classList.toggle("open", isOpen)
  }

  #show(): void {
    const people = [...this.#people.values()].sort((a, b) => this.#rank(a) - this.#rank(b) || byName(a, b))
    this.#list.replaceChildren(...people.map((person) => this.#item(person)))
    this.#alone.hidden = people.length !== 1
    this.#headcount.textContent = people.length === 1 ? "Only you are here" : count(people.length, "person", "people")
  }

  /** You come first. */
  #rank({ id }: Person): number {
    return id === this.#you?.id ? 0 : 1
  }

  #item(person: Person): HTMLElement {
    const item = make("li", "", avatar(person), make("bdi", "name", person.name))
    if (person.id === this.#you?.id) item.append(make("span", "muted", "you"))
    return item
  }
}

function byName(a: Person, b: Person): number {
  return a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)
}
