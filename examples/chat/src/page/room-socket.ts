import { notAcceptable, type RoomEvent, type RoomRequest } from "../protocol/room-protocol.ts"
import { backoff } from "./backoff.ts"

export type SocketState =
  | { readonly kind: "connecting"; readonly isFirst: boolean }
  | { readonly kind: "open" }
  /** Not connected; the next attempt begins at `retryAt`, by the clock of `performance.now()`. */
  | { readonly kind: "waiting"; readonly why: "gone" | "offline" | "too-fast"; readonly retryAt: number }
  /** The server does not want this room or this name; there is no other attempt. */
  | { readonly kind: "refused"; readonly problem: string }

interface Listener {
  onEvent(event: RoomEvent): void
  onState(state: SocketState): void
}

/** How long the server may take to welcome us, or to give a sign of life after we sent something. */
const patience = 8_000
const pingEvery = 25_000
/** A connection that lasted this long was a good one: the next attempts begin quickly again. */
const settledAfter = 5_000

/** A connection to a room that comes back by itself, until it is closed. */
export class RoomSocket {
  readonly #url: string
  readonly #listener: Listener
  readonly #ended = new AbortController()
  #socket: WebSocket | undefined
  #state: SocketState | undefined
  #wasOpen = false
  #openedAt = 0
  #failures = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #deadline: ReturnType<typeof setTimeout> | undefined

  constructor(url: string, listener: Listener) {
    this.#url = url
    this.#listener = listener
    const { signal } = this.#ended
    const lookAgain = (): void => this.#lookAgain()
    addEventListener("online", lookAgain, { signal })
    addEventListener("pageshow", lookAgain, { signal })
    addEventListener("offline", () => this.#probe(), { signal })
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && lookAgain(), {
      signal,
    })
    const pulse = setInterval(() => this.#probe(), pingEvery)
    signal.addEventListener("abort", () => clearInterval(pulse))
    this.#connect()
  }

  /** False when there is no connection to send it on. */
  send(request: RoomRequest): boolean {
    if (this.#state?.kind !== "open" || this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(JSON.stringify(request))
    if (request.type !== "typing") this.#expectLife()
    return true
  }

  /** Does not wait for the next attempt. */
  retryNow(): void {
    if (this.#state?.kind === "waiting") this.#connect()
  }

  close(): void {
    this.#ended.abort()
    this.#drop()
  }

  #connect(): void {
    clearTimeout(this.#retry)
    this.#set({ kind: "connecting", isFirst: !this.#wasOpen && this.#failures === 0 })
    const socket = (this.#socket = new WebSocket(this.#url))
    socket.addEventListener("message", ({ data }) => socket === this.#socket && this.#receive(String(data)))
    socket.addEventListener("close", ({ code, reason }) => socket === this.#socket && this.#closed(code, reason))
    this.#expectLife()
  }

  #receive(data: string): void {
    clearTimeout(this.#deadline)
    this.#deadline = undefined
    const event = JSON.parse(data) as RoomEvent
    // What comes before the welcome is in the welcome.
    if (event.type !== "welcome" && this.#state?.kind !== "open") return
    if (event.type === "welcome") {
      this.#wasOpen = true
      this.#openedAt = performance.now()
    }
    this.#listener.onEvent(event)
    if (event.type === "welcome") this.#set({ kind: "open" })
  }

  #closed(code: number, reason: string): void {
    const wasSettled = this.#state?.kind === "open" && performance.now() - this.#openedAt > settledAfter
    this.#drop()
    if (code === notAcceptable) {
      this.#ended.abort()
      return this.#set({ kind: "refused", problem: reason })
    }
    this.#failures = wasSettled ? 1 : this.#failures + 1
    const delay = backoff(this.#failures, Math.random())
    this.#retry = setTimeout(() => this.#connect(), delay)
    const why = code === 1008 ? "too-fast" : navigator.onLine ? "gone" : "offline"
    this.#set({ kind: "waiting", why, retryAt: performance.now() + delay })
  }

  /** Something has changed for the better: try at once, or see whether the connection outlived the pause. */
  #lookAgain(): void {
    if (this.#state?.kind === "waiting") this.#connect()
    else this.#probe()
  }

  #probe(): void {
    this.send({ type: "ping" })
  }

  /** Without any sign of life in time, the connection counts as gone: a dead network says nothing. */
  #expectLife(): void {
    this.#deadline ??= setTimeout(() => this.#closed(1006, ""), patience)
  }

  #drop(): void {
    clearTimeout(this.#retry)
    clearTimeout(this.#deadline)
    this.#deadline = undefined
    const socket = this.#socket
    this.#socket = undefined
    socket?.close()
  }

  #set(state: SocketState): void {
    this.#state = state
    this.#listener.onState(state)
  }
}
