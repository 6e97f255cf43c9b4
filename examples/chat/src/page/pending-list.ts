import { make } from "./dom.ts"
import { bubble } from "./message-log.ts"
import type { Letter } from "./outbox.ts"

interface Choices {
  retry(id: string): void
  discard(id: string): void
}

/** Our messages that the server has not repeated yet, below the log. */
export class PendingList {
  readonly #list: HTMLElement
  readonly #choices: Choices
  readonly #shown = new Map<string, { readonly letter: Letter; readonly element: HTMLElement }>()

  constructor(list: HTMLElement, choices: Choices) {
    this.#list = list
    this.#choices = choices
  }

  show(letters: readonly Letter[]): void {
    const ids = new Set(letters.map(({ id }) => id))
    for (const [id, { element }] of this.#shown) {
      if (ids.has(id)) continue
      element.remove()
      this.#shown.delete(id)
    }
    for (const letter of letters) this.#showOne(letter)
    this.#list.hidden = letters.length === 0
  }

  #showOne(letter: Letter): void {
    const shown = this.#shown.get(letter.id)
    if (shown?.letter === letter) return
    const element = this.#element(letter)
    if (shown) shown.element.replaceWith(element)
    else this.#list.append(element)
    this.#shown.set(letter.id, { letter, element })
  }

  #element({ id, text, state, problem }: Letter): HTMLElement {
    const body = make("div", "body", bubble(text))
    const element = make("article", `message own ${state}`, body)
    if (state === "waiting") body.append(make("p", "fate", "Will be sent once the server is back"))
    if (state === "failed") {
      body.append(
        make("p", "fate problem", `Not sent. ${problem ?? ""}`),
        make(
          "p",
          "choices",
          button("Try again", () => this.#choices.retry(id)),
          button("Discard", () => this.#choices.discard(id)),
        ),
      )
    }
    return element
  }
}

function button(label: string, act: () => void): HTMLElement {
  const element = make("button", "small", label)
  element.type = "button"
  element.addEventListener("click", act)
  return element
}
