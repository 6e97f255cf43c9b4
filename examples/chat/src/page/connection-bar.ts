import { byId } from "./dom.ts"
import type { SocketState } from "./room-socket.ts"

/** How long it says that all is well again, in milliseconds. */
const reliefTime = 3_000

const reasons = {
  gone: "The server is gone.",
  offline: "You are offline.",
  "too-fast": "That was too much at once for the server.",
} as const

/** Says when there is no connection, and when it is back. A screen reader hears it once, not at every second. */
export class ConnectionBar {
  readonly #bar = byId("connection", HTMLElement)
  readonly #text = byId("connection-text", HTMLElement)
  readonly #countdown = byId("connection-countdown", HTMLElement)
  readonly #retry = byId("retry", HTMLButtonElement)
  #timer: ReturnType<typeof setInterval> | undefined
  #wasLost = false

  constructor(onRetry: () => void) {
    this.#retry.addEventListener("click", onRetry)
  }

  show(state: SocketState): void {
    clearInterval(this.#timer)
    switch (state.kind) {
      case "connecting":
        if (state.isFirst) this.#say("info", "Connecting…")
        else this.#count("Trying…")
        return
      case "waiting":
        this.#wasLost = true
        this.#say("lost", reasons[state.why])
        this.#retry.hidden = false
        this.#countTo(state.retryAt)
        return
      case "open":
        if (!this.#wasLost) return this.clear()
        this.#wasLost = false
        this.#say("found", "Connected again.")
        this.#timer = setInterval(() => this.clear(), reliefTime)
        return
      case "refused":
        this.clear()
    }
  }

  clear(): void {
    clearInterval(this.#timer)
    this.#wasLost = false
    this.#say("", "")
  }

  #countTo(moment: number): void {
    const tick = (): void => {
      const seconds = Math.max(1, Math.ceil((moment - performance.now()) / 1000))
      this.#count(`Trying again in ${seconds} s`)
    }
    tick()
    this.#timer = setInterval(tick, 250)
  }

  #say(mood: "" | "info" | "lost" | "found", text: string): void {
    this.#bar.dataset["mood"] = mood
    if (this.#text.textContent !== text) this.#text.textContent = text
    this.#count("")
    if (this.#retry === document.activeElement) byId("text", HTMLElement).focus()
    this.#retry.hidden = true
  }

  #count(text: string): void {
    if (this.#countdown.textContent !== text) this.#countdown.textContent = text
  }
}
