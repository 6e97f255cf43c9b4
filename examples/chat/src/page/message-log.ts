import type { Person, Said } from "../protocol/room-protocol.ts"
import { make } from "./dom.ts"
import { Palette } from "./palette.ts"
import { initialsOf, splitLinks } from "./text.ts"

/** More would make the page slow; the oldest go. */
const mostEntries = 500
/** Messages of one author within this time stand together, in milliseconds. */
const together = 5 * 60_000

const timeOfDay = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" })
const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" })
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" })

const palette = new Palette()

/** The messages of a room, and between them what happened. Everything that people wrote is put in as text. */
export class MessageLog {
  readonly #log: HTMLElement
  readonly #known = new Set<string>()
  readonly #marker = make("p", "marker", make("span", "", "New"))
  #last: Said | undefined
  #notice: { readonly about: string; readonly element: HTMLElement } | undefined

  constructor(log: HTMLElement) {
    this.#log = log
  }

  get isEmpty(): boolean {
    return this.#log.childElementCount === 0
  }

  has(message: Said): boolean {
    return this.#known.has(keyOf(message))
  }

  /** Appends a message; false when it is there already. */
  add(message: Said, isOwn: boolean): boolean {
    if (this.has(message)) return false
    this.#known.add(keyOf(message))
    this.#beginDay(message)
    const isContinued = this.#continues(message)
    this.#last = message
    this.#append(messageElement(message, isOwn, isContinued))
    this.#notice = undefined
    return true
  }

  /** Many at once, without a screen reader telling them one by one. */
  addQuietly(add: () => void): void {
    this.#log.setAttribute("aria-live", "off")
    add()
    // Once the browser has seen them.
    setTimeout(() => this.#log.setAttribute("aria-live", "polite"), 500)
  }

  /** Something that happened. Of several about the same thing in a row, the last one stands. */
  note(about: string, text: string): void {
    if (this.#notice?.about === about) this.#notice.element.remove()
    const element = make("p", "notice", make("bdi", "", text))
    this.#notice = { about, element }
    this.#last = undefined
    this.#append(element)
  }

  /** Draws a line, below which everything is new. */
  mark(): void {
    this.#last = undefined
    this.#log.append(this.#marker)
  }

  unmark(): void {
    this.#marker.remove()
  }

  clear(): void {
    this.#log.replaceChildren()
    this.#known.clear()
    this.#last = undefined
    this.#notice = undefined
  }

  #append(element: HTMLElement): void {
    this.#log.append(element)
    while (this.#log.childElementCount > mostEntries) this.#log.firstElementChild?.remove()
  }

  #beginDay({ at }: Said): void {
    const today = new Date(at).toDateString()
    if (this.#log.dataset["day"] === today && !this.isEmpty) return
    const isPlain = this.isEmpty && today === new Date().toDateString()
    this.#log.dataset["day"] = today
    if (isPlain) return
    this.#last = undefined
    this.#append(make("p", "notice", day.format(at)))
  }

  #continues({ author, at }: Said): boolean {
    const last = this.#last
    return last?.author.id === author.id && last.author.name === author.name && at - last.at < together
  }
}

function keyOf({ author, id }: Said): string {
  return `${author.id} ${id}`
}

function messageElement({ author, text, at }: Said, isOwn: boolean, isContinued: boolean): HTMLElement {
  const time = make("time", "", timeOfDay.format(at))
  time.dateTime = new Date(at).toISOString()
  time.title = dayAndTime.format(at)
  const name = make("bdi", "author", isOwn ? "You" : author.name)
  const classes = ["message", isOwn ? "own" : "", isContinued ? "continued" : ""].filter((name) => name !== "")
  return make(
    "article",
    classes.join(" "),
    ...(isOwn ? [] : [avatar(author)]),
    make("div", "body", make("p", "byline", name, " ", time), bubble(text)),
  )
}

export function bubble(text: string): HTMLElement {
  const paragraph = make("p", "bubble")
  paragraph.dir = "auto"
  for (const { text: stretch, href } of splitLinks(text)) {
    if (href === undefined) paragraph.append(stretch)
    else paragraph.append(link(stretch, href))
  }
  return paragraph
}

function link(text: string, href: string): HTMLElement {
  const anchor = make("a", "", text)
  anchor.href = href
  anchor.target = "_blank"
  anchor.rel = "noopener noreferrer nofollow"
  return anchor
}

export function avatar({ id, name }: Person): HTMLElement {
  const element = make("span", `avatar hue-${palette.hueOf(id)}`, initialsOf(name))
  element.setAttribute("aria-hidden", "true")
  return element
}
