import { checkText, lengthOf, limits } from "../protocol/checks.ts"
import { byId } from "./dom.ts"

interface Listener {
  /** False when it cannot be taken now; the text stays where it is. */
  onText(text: string): boolean
  onTyping(hasText: boolean): void
}

/** The field to write in. Enter sends, Shift and Enter start a new line. */
export class Composer {
  readonly #field = byId("text", HTMLTextAreaElement)
  readonly #problem = byId("composer-problem", HTMLElement)
  readonly #listener: Listener

  constructor(listener: Listener) {
    this.#listener = listener
    byId("composer", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault()
      this.#submit()
    })
    this.#field.addEventListener("keydown", (event) => {
      // While characters are being composed, Enter chooses among them.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
      event.preventDefault()
      this.#submit()
    })
    this.#field.addEventListener("input", () => {
      this.#changed()
      this.#listener.onTyping(this.#field.value.trim() !== "")
    })
  }

  focus(): void {
    this.#field.focus()
  }

  clear(): void {
    this.#field.value = ""
    this.#changed()
  }

  #submit(): void {
    this.focus()
    if (this.#field.value.trim() === "") return
    const text = checkText(this.#field.value)
    if (!text.ok) return this.#say(text.problem)
    if (!this.#listener.onText(text.value)) return this.#say("Too many messages are waiting to be sent.")
    this.clear()
  }

  #changed(): void {
    const field = this.#field
    // Grows with its text; the style sheet says how far.
    field.style.height = "auto"
    field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`
    const tooMany = lengthOf(field.value.trim()) - limits.text
    this.#say(tooMany > 0 ? `Too long by ${tooMany.toLocaleString("en")} characters.` : "")
  }

  #say(problem: string): void {
    this.#field.ariaInvalid = problem === "" ? null : "true"
    if (this.#problem.textContent !== problem) this.#problem.textContent = problem
  }
}
