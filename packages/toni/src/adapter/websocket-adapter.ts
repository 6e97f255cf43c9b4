import type { WsMessage } from "../message/ws-message.ts"

/**
 * PORT. Plugs a server runtime into the core. An adapter only translates: order, heartbeat, errors, rates, topics and
 * every decision about a handshake belong to the core, so they cannot differ by adapter.
 */
export interface WebSocketAdapter<Server> {
  /** For log lines and test titles. */
  readonly name: string
  readonly supports: WebSocketSupport

  /**
   * Hands every WebSocket upgrade of `server` to `door`, until the function that it returns is called. Upgrades that
   * the door does not own MUST be left alone while somebody else listens for them (rule G5c).
   */
  attach(server: Server, door: UpgradeDoor, options: AttachOptions): () => void
}

/** What a runtime has to know before the first upgrade. */
export interface AttachOptions {
  /**
   * The largest of each limit that any gateway has; `compression` is that of a gateway that asks for it. What holds for
   * one socket comes with `accept`, and MUST be kept where it is smaller.
   */
  readonly limits: SocketLimits
}

/**
 * What an adapter can do, one capability each, because runtimes differ in exactly these. A scenario of the conformance
 * suite names those that it needs, and the suite holds an adapter to what it declares.
 */
export interface WebSocketSupport {
  /** Peers connect over TCP and speak RFC 6455 in bytes, so a test may send any bytes, in any pieces. */
  readonly wire: boolean
  /** The head of a request reaches the core as it was sent, malformed or not: nothing joined, corrected or refused. */
  readonly rawHead: boolean
  /** Frames that come before the upgrade is answered are kept, in order and within a bound (rule G9a). */
  readonly earlyFrames: boolean
  /** `pause` stops reading. Without it the core closes a client whose inbox is over its mark (rule G12c). */
  readonly pause: boolean
  /** The frames of a message are counted, so `maxFragments` holds (rule G20a). */
  readonly fragments: boolean
  /** Whoever breaks a rule or a limit gets a Close with its code, and `violation` tells of it. Without it: `closed`. */
  readonly violations: boolean
  /** Closes keep code and reason in both directions, and ours is not over before the peer's (RFC 6455 section 7.1). */
  readonly closeHandshake: boolean
  /** permessage-deflate (RFC 7692) is negotiated when a gateway asks for it. */
  readonly compression: boolean
}

/** The core's side of an upgrade. No method throws; an adapter answers 500 all the same where one does. */
export interface UpgradeDoor {
  /** Whether the path of this request target is served here. */
  owns(target: string): boolean
  /** Decides about one upgrade, now or later, by calling `accept` or `refuse` exactly once. */
  upgrade(pending: PendingUpgrade): void
  /** Something of the adapter's or the core's own threw for an upgrade, which has been ended. For the log. */
  failed(error: unknown): void
}

/** The request as it came. Names in `rawHeaders` alternate with values, in order, repeated ones kept. */
export interface UpgradeRequest {
  readonly method: string
  readonly target: string
  /** `"1.1"` */
  readonly httpVersion: string
  readonly rawHeaders: readonly string[]
  readonly remoteAddress: string
}

/** One upgrade that waits for its answer. */
export interface PendingUpgrade {
  readonly request: UpgradeRequest
  /** Called once if the peer vanishes before the answer (rule G9a); the adapter MUST read to notice, within bounds. */
  onAbandoned: (() => void) | undefined
  /**
   * Answers 101. Bytes that came early are delivered as messages, in order, after this call has returned. `undefined`
   * when the peer has vanished in the same moment; `events` is never called then.
   */
  accept(terms: AcceptTerms, events: SocketEvents): AdapterSocket | undefined
  /** Answers without upgrading, says `Connection: close`, and ends the socket (rule G5b). */
  refuse(refusal: Refusal): void
}

export interface AcceptTerms {
  /** The subprotocol to answer. */
  readonly protocol: string | undefined
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** One object for all sockets of a gateway, so an adapter may prepare something per object. */
  readonly limits: SocketLimits
}

/** Limits that only an adapter can see (rule G20a). `Infinity` is none. */
export interface SocketLimits {
  /** Bytes of one message after reassembly and inflation. */
  readonly maxPayload: number
  /** Frames of one message. */
  readonly maxFragments: number
  /** Whether permessage-deflate is agreed on with peers who offer it, and from how many bytes on it is used. */
  readonly compression?: Compression | false
}

export interface Compression {
  /** Messages below this many bytes are sent as they are. */
  readonly threshold: number
}

export interface Refusal {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Plain text. */
  readonly body: string
}

/** What the core does with an open socket. None of these throws for the state of the connection. */
export interface AdapterSocket {
  /** False from the moment that a Close was sent or received, or the connection broke. */
  readonly isOpen: boolean
  /** Bytes taken but not yet handed to the operating system. */
  readonly pendingBytes: number
  /** Grows with whatever the peer sends, pongs and parts of messages too. Any unit: only changes count. */
  readonly bytesReceived: number
  /** Grows with whatever reaches the operating system. Any unit: only changes count. */
  readonly bytesFlushed: number
  /**
   * Grows with what is taken, and `handedOver` follows in the same unit, whatever that is: once it has reached what
   * `taken` is now, all of that was handed to the operating system, and the adapter MUST NOT read its bytes any more.
   */
  readonly taken: number
  /** `writable` MUST be told when it has grown. */
  readonly handedOver: number

  /**
   * Takes a message of any kind, after what was taken before. Returns the bytes of its payload. MUST NOT call back.
   * `isShared`: many sockets are sent the same message within this call of the core's, so its frame is worth keeping
   * until all have it, at the longest for this turn of the event loop. Default `false`.
   */
  send(message: WsMessage, isShared?: boolean): number
  /** Tries to write what is pending now; adapters that write at once do nothing. */
  flush(): void
  /** Sends a Close behind what is pending. Reads on, discarding data, until the peer's Close. */
  close(code: number, reason: string): void
  /** Ends the connection at once; nothing more is sent. `closed` follows, but not within this call. */
  terminate(): void
  /**
   * Reads no more, so that what the peer sends stays in the network: an adapter MUST NOT read on and keep it. What a read
   * already delivered may still come as messages. Neither is called where `supports.pause` is false.
   */
  pause(): void
  resume(): void
}

/** What a socket tells the core. Never from within a call of the core's. */
export interface SocketEvents {
  /**
   * One whole data message; of `text`, proven UTF-8, or a string where the runtime has decoded it already. Bytes belong
   * to the receiver: no other socket sees them.
   */
  message(data: Uint8Array | string, text: boolean): void
  /** Pending bytes have reached the operating system: `handedOver` has grown. */
  writable(): void
  /** The peer broke a rule or a limit; the adapter has sent the Close. No message follows. */
  violation(violation: Violation): void
  /**
   * Our own code, or what was handed to it, broke this socket: an exception that nobody else would catch. The adapter
   * has ended the connection, and `closed` MUST follow; only an exception of `closed` itself is told after it.
   */
  failed(error: unknown): void
  /** The connection is gone; once, and last. `code` is missing when no Close came (`lost`), 1005 when it was empty. */
  closed(end: SocketEnd): void
}

export type Violation =
  | { readonly kind: "protocol-error"; readonly code: 1002 | 1003 | 1007; readonly message: string }
  | { readonly kind: "limit"; readonly limit: "maxPayload" | "maxFragments"; readonly code: 1008 | 1009 }

export interface SocketEnd {
  readonly code?: number
  readonly reason: string
  readonly error?: unknown
}
