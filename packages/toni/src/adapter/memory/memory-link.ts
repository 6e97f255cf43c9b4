import type { HomeContext } from "../../home-context.ts"
import { CloseCode } from "../../message/close-code.ts"
import { WsMessage } from "../../message/ws-message.ts"
import type { AdapterSocket, SocketEnd, SocketEvents, SocketLimits, Violation } from "../websocket-adapter.ts"

/** What travels on a link, in either direction. */
export type Parcel =
  | { readonly kind: "message"; readonly message: WsMessage; readonly fragments: number }
  | { readonly kind: "close"; readonly code: number; readonly reason: string }
  | { readonly kind: "cut"; readonly error?: unknown }

/** Who takes what comes to the client's end. */
export interface ClientEnd {
  receive(message: WsMessage): void
  ended(code: number, reason: string): void
}

/**
 * The wire between a client in memory and the server: two ordered queues. Parcels travel in microtasks, so a call
 * never calls back, as on a real network; whoever does not read leaves them queued.
 */
export class MemoryLink {
  readonly socket: AdapterSocket
  client: ClientEnd | undefined
  /** Whether the client takes what is sent to it. */
  clientReads = true
  /** Whether the client answers pings, as the protocol demands. */
  clientAnswersPings = true
  /** Whether the client answers a Close, as the protocol demands. */
  clientAnswersCloses = true

  /** Parcels travel in nobody's context. */
  readonly #home: HomeContext
  readonly #events: SocketEvents
  readonly #limits: SocketLimits
  readonly #toServer: Parcel[] = []
  readonly #toClient: Parcel[] = []
  #serverReads = true
  #serverState: "open" | "closing" | "gone" = "open"
  #isClientDone = false
  #unanswered: { readonly code: number; readonly reason: string } | undefined
  #pendingBytes = 0
  #received = 0
  #taken = 0
  #flushed = 0
  #isScheduled = false

  constructor(events: SocketEvents, limits: SocketLimits, home: HomeContext) {
    this.#home = home
    this.#events = events
    this.#limits = limits
    this.socket = this.#serverEnd()
  }

  /** From the client to the server. */
  post(parcel: Parcel): void {
    if (this.#isClientDone) return
    this.#isClientDone = parcel.kind !== "message"
    this.#toServer.push(parcel)
    this.#schedule()
  }

  /** Lets what is queued travel on; to be called when an end reads again. */
  wake(): void {
    this.#schedule()
  }

  #serverEnd(): AdapterSocket {
    const link = this
    return {
      get isOpen() {
        return link.#serverState === "open"
      },
      get pendingBytes() {
        return link.#pendingBytes
      },
      get bytesReceived() {
        return link.#received
      },
      get bytesFlushed() {
        return link.#flushed
      },
      get taken() {
        return link.#taken
      },
      get handedOver() {
        return link.#flushed
      },
      send(message) {
        if (link.#serverState === "open") link.#sendToClient({ kind: "message", message, fragments: 1 })
        return message.byteLength
      },
      flush() {
        try {
          return link.#deliverToClient()
        } catch (error) {
          queueMicrotask(() => link.#fail(error))
          return false
        }
      },
      close: (code, reason) => link.#close(code, reason),
      terminate: () => link.#terminate(),
      pause: () => void (link.#serverReads = false),
      resume() {
        link.#serverReads = true
        link.#schedule()
      },
    }
  }

  #sendToClient(parcel: Parcel): void {
    this.#toClient.push(parcel)
    this.#taken++
    if (parcel.kind === "message") this.#pendingBytes += parcel.message.byteLength
    this.#schedule()
  }

  #close(code: number, reason: string): void {
    if (this.#serverState !== "open") return
    this.#serverState = "closing"
    this.#serverReads = true
    this.#sendToClient({ kind: "close", code, reason })
  }

  #terminate(): void {
    if (this.#serverState === "gone") return
    // A Close is written when it is said; everything else that waits is dropped.
    if (this.#serverState === "open") this.#toClient.length = 0
    this.#serverState = "gone"
    this.#pendingBytes = 0
    this.#home.soon(() => {
      this.#deliverToClient()
      this.#events.closed({ reason: "" })
      this.#clientCut()
    })
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#home.soon(() => {
      this.#isScheduled = false
      try {
        this.#deliverToServer()
        if (this.#deliverToClient() && this.#serverState !== "gone") this.#events.writable()
      } catch (error) {
        this.#fail(error)
      }
    })
  }

  /** What nobody else would catch ends this link alone. */
  #fail(error: unknown): void {
    if (this.#serverState === "gone") return
    this.#serverState = "gone"
    this.#toClient.length = 0
    this.#pendingBytes = 0
    this.#events.failed(error)
    this.#events.closed({ reason: "", error })
    this.#clientCut()
  }

  #deliverToServer(): void {
    while (this.#serverReads && this.#serverState !== "gone" && this.#toServer.length > 0) {
      const parcel = this.#toServer.shift() as Parcel
      this.#received++
      if (parcel.kind === "message") this.#takeMessage(parcel.message, parcel.fragments)
      else if (parcel.kind === "close") this.#takeClose(parcel.code, parcel.reason)
      else this.#gone(parcel.error === undefined ? { reason: "" } : { reason: "", error: parcel.error })
    }
  }

  #takeMessage(message: WsMessage, fragments: number): void {
    if (this.#serverState !== "open") return
    if (message.kind === "ping")
      return this.#sendToClient({ kind: "message", message: WsMessage.pong(message.asBinary()), fragments: 1 })
    if (message.kind === "pong") return
    if (message.byteLength > this.#limits.maxPayload) {
      return this.#violate({ kind: "limit", limit: "maxPayload", code: CloseCode.tooBig })
    }
    if (fragments > this.#limits.maxFragments) {
      return this.#violate({ kind: "limit", limit: "maxFragments", code: CloseCode.policyViolation })
    }
    // The client keeps its own array.
    this.#events.message(bytesOf(message), message.kind === "text")
  }

  #violate(violation: Violation): void {
    this.#close(violation.code, "")
    this.#events.violation(violation)
  }

  #takeClose(code: number, reason: string): void {
    if (this.#serverState === "open") this.#sendToClient({ kind: "close", code, reason })
    this.#gone({ code, reason })
  }

  #gone(end: SocketEnd): void {
    this.#serverState = "gone"
    this.#pendingBytes = 0
    this.#events.closed(end)
    if (end.code === undefined) this.#clientCut()
  }

  /** Whether anything was taken. */
  #deliverToClient(): boolean {
    let isMoving = false
    while (this.clientReads && this.client && this.#toClient.length > 0) {
      const parcel = this.#toClient.shift() as Parcel
      isMoving = true
      this.#flushed++
      if (parcel.kind === "message") this.#giveMessage(parcel.message)
      else if (parcel.kind === "close") this.#giveClose(parcel.code, parcel.reason)
    }
    return isMoving
  }

  #giveMessage(message: WsMessage): void {
    this.#pendingBytes = Math.max(0, this.#pendingBytes - message.byteLength)
    if (message.kind === "ping" && this.clientAnswersPings) {
      this.post({ kind: "message", message: WsMessage.pong(message.asBinary()), fragments: 1 })
    }
    // Who sent it may change its array from now on.
    this.client?.receive(ofItsOwn(message))
  }

  /** A client answers a Close with the same code (RFC 6455 section 5.5.1), unless it was the one who closed. */
  #giveClose(code: number, reason: string): void {
    if (!this.clientAnswersCloses) {
      this.#unanswered = { code, reason }
      return
    }
    if (this.#serverState !== "gone") this.post({ kind: "close", code, reason: "" })
    this.#clientClosed(code, reason)
  }

  #clientCut(): void {
    const { code, reason } = this.#unanswered ?? { code: CloseCode.abnormal, reason: "" }
    this.#clientClosed(code, reason)
  }

  #clientClosed(code: number, reason: string): void {
    this.#isClientDone = true
    this.client?.ended(code, reason)
    this.client = undefined
  }
}

function ofItsOwn(message: WsMessage): WsMessage {
  return message.kind === "binary" ? WsMessage.binary(bytesOf(message)) : message
}

function bytesOf(message: WsMessage): Uint8Array {
  const { payload } = message
  return typeof payload === "string" ? new TextEncoder().encode(payload) : payload.slice()
}
