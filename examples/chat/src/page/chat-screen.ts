import type { Person, RoomEvent, Said } from "../protocol/room-protocol.ts"
import { Composer } from "./composer.ts"
import { ConnectionBar } from "./connection-bar.ts"
import { announce, byId } from "./dom.ts"
import { MessageLog } from "./message-log.ts"
import { Outbox } from "./outbox.ts"
import { PendingList } from "./pending-list.ts"
import { PeopleList } from "./people-list.ts"
import { RoomSocket, type SocketState } from "./room-socket.ts"
import { Scroller } from "./scroller.ts"
import { count, listNames } from "./text.ts"
import { Typists, TypingNotice } from "./typing.ts"
import { Unread } from "./unread.ts"

/** What it takes to be in a room; see protocol/room-protocol.ts. */
export interface Visit {
  readonly name: string
  readonly room: string
  readonly key: string
}

/** The conversation in one room after another. */
export class ChatScreen {
  readonly #screen = byId("chat", HTMLElement)
  readonly #title = byId("room-title", HTMLElement)
  readonly #empty = byId("empty", HTMLElement)
  readonly #typingLine = byId("typing", HTMLElement)
  readonly #log = new MessageLog(byId("log", HTMLElement))
  readonly #people = new PeopleList()
  readonly #scroller: Scroller
  readonly #unread: Unread
  readonly #outbox: Outbox
  readonly #composer: Composer
  readonly #bar = new ConnectionBar(() => this.#socket?.retryNow())
  readonly #typists = new Typists((ids) => this.#showTyping(ids))
  readonly #notice = new TypingNotice((on) => void this.#socket?.send({ type: "typing", on }))
  readonly #onRefused: (problem: string) => void
  #socket: RoomSocket | undefined
  #you: Person | undefined

  constructor(onRefused: (problem: string) => void, onLeave: () => void) {
    this.#onRefused = onRefused
    this.#scroller = new Scroller(byId("scroller", HTMLElement), byId("content", HTMLElement), () =>
      this.#unread.look(),
    )
    this.#unread = new Unread(
      () => this.#scroller.isAtEnd,
      () => {
        this.#scroller.toEnd()
        this.#composer.focus()
      },
    )
    const pending = new PendingList(byId("pending", HTMLElement), {
      retry: (id) => {
        this.#outbox.retry(id)
        this.#flush()
      },
      discard: (id) => {
        this.#outbox.remove(id)
        this.#composer.focus()
      },
    })
    this.#outbox = new Outbox((letters) => {
      pending.show(letters)
      this.#showEmptiness()
    })
    this.#composer = new Composer({
      onText: (text) => this.#say(text),
      onTyping: (hasText) => this.#notice.changed(hasText),
    })
    byId("leave", HTMLButtonElement).addEventListener("click", onLeave)
    byId("share", HTMLButtonElement).addEventListener("click", () => void shareLink())
    addEventListener("beforeunload", (event) => {
      if (this.#outbox.size > 0) event.preventDefault()
    })
  }

  enter({ name, room, key }: Visit): void {
    this.leave()
    this.#title.textContent = room
    this.#unread.reset(`${room} · toni chat`)
    this.#screen.hidden = false
    // On a phone the field would bring up the keyboard before anything can be read.
    if (matchMedia("(pointer: coarse)").matches) this.#title.focus()
    else this.#composer.focus()
    const url = new URL(`/rooms/${encodeURIComponent(room)}`, location.href)
    url.protocol = url.protocol.replace("http", "ws")
    url.search = new URLSearchParams({ name, key }).toString()
    this.#socket = new RoomSocket(url.href, {
      onEvent: (event) => this.#receive(event),
      onState: (state) => this.#changed(state),
    })
  }

  leave(): void {
    this.#socket?.close()
    this.#socket = undefined
    this.#you = undefined
    this.#log.clear()
    this.#outbox.clear()
    this.#typists.clear()
    this.#notice.sent()
    this.#people.reset(undefined, [])
    this.#bar.clear()
    this.#composer.clear()
    this.#scroller.toEnd()
    this.#unread.reset("toni chat")
    this.#screen.hidden = true
  }

  #receive(event: RoomEvent): void {
    switch (event.type) {
      case "welcome":
        return this.#welcome(event)
      case "said":
        return this.#said(event)
      case "joined":
        this.#people.set(event.person)
        return this.#happened(event.person.id, `${event.person.name} is here`)
      case "left": {
        const person = this.#people.get(event.id)
        this.#typists.set(event.id, false)
        this.#people.remove(event.id)
        return person && this.#happened(event.id, `${person.name} has left`)
      }
      case "typing":
        if (event.id !== this.#you?.id) this.#typists.set(event.id, event.on)
        return
      case "error":
        if (event.id === undefined) announce(event.message)
        else this.#outbox.fail(event.id, event.message)
        return
      case "pong":
    }
  }

  #welcome({ you, people, messages }: RoomEvent & { type: "welcome" }): void {
    const isFirst = this.#you === undefined
    this.#you = you
    this.#typists.clear()
    this.#people.reset(you, people)
    const isGap = !this.#log.isEmpty && messages.length >= 50 && !messages.some((message) => this.#log.has(message))
    if (isGap) this.#log.note("gap", "Some messages from while you were away are missing here")
    if (isFirst) {
      this.#log.addQuietly(() => messages.forEach((message) => this.#log.add(message, message.author.id === you.id)))
      const others = people.length - 1
      announce(
        `You are in ${this.#title.textContent}, ${others === 0 ? "alone" : `with ${count(others, "other", "others")}`}.`,
      )
    } else {
      for (const message of messages) this.#said(message)
    }
    this.#showEmptiness()
  }

  #said(message: Said): void {
    const isOwn = message.author.id === this.#you?.id
    if (isOwn) this.#outbox.remove(message.id)
    this.#typists.set(message.author.id, false)
    if (this.#log.has(message)) return
    if (isOwn) this.#log.unmark()
    else if (this.#unread.arrived()) this.#log.mark()
    this.#log.add(message, isOwn)
    this.#showEmptiness()
  }

  #say(text: string): boolean {
    if (this.#outbox.isFull) return false
    this.#notice.sent()
    this.#outbox.add(crypto.randomUUID(), text)
    this.#flush()
    this.#scroller.toEnd()
    return true
  }

  #flush(): void {
    this.#outbox.flush(({ id, text }) => this.#socket?.send({ type: "say", id, text }) === true)
  }

  #changed(state: SocketState): void {
    this.#bar.show(state)
    this.#screen.dataset["connection"] = state.kind
    if (state.kind === "open") this.#flush()
    if (state.kind === "waiting") {
      this.#outbox.lost()
      this.#typists.clear()
    }
    if (state.kind === "refused") this.#onRefused(state.problem)
  }

  #happened(about: string, text: string): void {
    this.#log.note(about, text)
    this.#showEmptiness()
  }

  #showTyping(ids: readonly string[]): void {
    const names = ids.flatMap((id) => this.#people.get(id)?.name ?? [])
    this.#typingLine.textContent =
      names.length === 0 ? "" : `${listNames(names)} ${names.length === 1 ? "is" : "are"} typing…`
  }

  #showEmptiness(): void {
    this.#empty.hidden = !this.#log.isEmpty || this.#outbox.size > 0
  }
}

async function shareLink(): Promise<void> {
  const label = byId("share", HTMLButtonElement).querySelector(".tool-label")
  try {
    await navigator.clipboard.writeText(location.href)
    if (label) label.textContent = "Copied"
    announce("The link to this room is copied.")
  } catch {
    if (label) label.textContent = "See address bar"
    announce("The browser did not let us copy; the link is in the address bar.")
  }
  setTimeout(() => label && (label.textContent = "Copy link"), 2_000)
}
