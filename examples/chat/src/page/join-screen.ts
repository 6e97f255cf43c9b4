import { checkName, checkRoom, type Checked } from "../protocol/checks.ts"
import { byId } from "./dom.ts"
import { remembered } from "./storage.ts"

/** Asks for a name and a room, and remembers both for the next time. */
export class JoinScreen {
  readonly #screen = byId("join", HTMLElement)
  readonly #name = byId("name", HTMLInputElement)
  readonly #room = byId("room", HTMLInputElement)
  readonly #problem = byId("join-problem", HTMLElement)

  constructor(onJoin: (name: string, room: string) => void) {
    byId("join-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault()
      const name = show(this.#name, checkName(this.#name.value))
      const room = show(this.#room, checkRoom(this.#room.value))
      if (name === undefined) return this.#name.focus()
      if (room === undefined) return this.#room.focus()
      remembered.set("name", name)
      remembered.set("room", room)
      onJoin(name, room)
    })
    for (const field of [this.#name, this.#room]) {
      field.addEventListener("input", () => show(field, { ok: true, value: "" }))
    }
  }

  /** `room` is the one that the address names; `problem` is why a room was left again. */
  show(room: string | undefined, problem = ""): void {
    this.#name.value ||= remembered.get("name") ?? ""
    this.#room.value = room ?? remembered.get("room") ?? "lobby"
    this.#problem.textContent = problem
    this.#screen.hidden = false
    if (this.#name.value === "") this.#name.focus()
    else byId("join-form", HTMLFormElement).querySelector("button")?.focus()
  }

  hide(): void {
    this.#screen.hidden = true
  }
}

/** What the field holds; or `undefined`, with the problem below the field. */
function show(field: HTMLInputElement, checked: Checked): string | undefined {
  byId(`${field.id}-problem`, HTMLElement).textContent = checked.ok ? "" : checked.problem
  field.ariaInvalid = checked.ok ? null : "true"
  return checked.ok ? checked.value : undefined
}
