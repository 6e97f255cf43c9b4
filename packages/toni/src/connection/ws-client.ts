import type { Token } from "../di/token.ts"
import type { Sendable } from "../message/ws-message.ts"

type ParamName<Path extends string> = Path extends `${infer Head}/${infer Tail}`
  ? ParamName<Head> | ParamName<Tail>
  : Path extends `:${infer Name}`
    ? Name
    : string extends Path
      ? string
      : never

/**
 * The parameters that a path pattern names: `{ tenant: string }` for `"/secure/:tenant"`. One mapped type: a conditional
 * one would keep a client of one pattern from being a client of any.
 */
export type PathParams<Path extends string> = { readonly [Name in ParamName<Path>]: string }

export interface SendOptions {
  /** Discard the message when the peer has no room for it, instead of letting it wait. Default `false`. */
  readonly volatile?: boolean | undefined
}

/** One connected peer, as a gateway sees it. `Path` is the gateway's pattern; it types `params`. */
export interface WsClient<Path extends string = string> {
  /** Unique across processes (rule G17). A name, not a secret: it can be guessed. */
  readonly id: string
  /** The pattern of the gateway's path. */
  readonly path: Path
  /** The decoded parameters of the path. */
  readonly params: PathParams<Path>
  /** The subprotocol that was agreed on; `""` when there is none, as in browsers. */
  readonly protocol: string
  /** The peer's address; behind proxies, as `trustProxy` says. */
  readonly remoteAddress: string
  /** False once a Close was sent or received, or the connection is gone. */
  readonly isOpen: boolean
  /** Bytes taken by `send` that the operating system has not taken yet. */
  readonly bufferedAmount: number
  /** Aborts when the connection is gone (rule G13c). */
  readonly signal: AbortSignal

  /**
   * Sends a message; `true` once there is room for more, `false` when it was discarded because the connection is
   * closing, or by policy (rules G15a–c). Awaiting it in a loop is backpressure. Never rejects; an argument that cannot
   * be sent throws `TONI_BAD_ARGUMENT` at the call.
   */
  send(message: Sendable, options?: SendOptions): Promise<boolean>

  /**
   * Resolves when all that was sent before has been handed to the operating system, or the connection has ended (rule
   * G15d): from then on an array that was sent may be changed, or used again. Never rejects.
   */
  flushed(): Promise<void>

  /**
   * Closes the connection; messages not yet handled are dropped. Resolves when it is closed, at the latest after
   * `closeTimeout` (rule G18b). `code` is 1000, 1001, 1003, 1007–1009, 1011–1014 or 3000–4999, default 1000; another
   * throws `TONI_BAD_CLOSE_CODE`. `reason` is cut at 123 bytes.
   */
  close(code?: number, reason?: string): Promise<void>

  /** Cuts the connection without a Close; what was not yet sent is lost. */
  terminate(): void

  /** What the handshake, or a handler, has set under `token`. */
  getMetadata<T>(token: Token<T>): T | undefined
  /** The same, for what has to be there: throws `TONI_NO_METADATA` when it is not. */
  requireMetadata<T>(token: Token<T>): T
  setMetadata<T>(token: Token<T>, value: NoInfer<T>): void

  /** Moves the moment at which the connection expires (rule G19): a date, or milliseconds since 1970. */
  extend(expiresAt: Date | number): void

  /**
   * Follows a topic; resolves when messages published from now on will arrive (rule H2). More than `maxTopics` rejects
   * with `TONI_TOO_MANY_TOPICS`, which is reported to `onError` when nobody awaits it (rule H5b). What is no topic
   * throws `TONI_BAD_ARGUMENT` at the call. Does nothing once the connection is gone.
   */
  subscribe(topic: string): Promise<void>
  unsubscribe(topic: string): Promise<void>
  /** What this client follows, as it is now: a copy. Still answers in `onDisconnect` (rule G14). */
  readonly topics: ReadonlySet<string>
  /** Sends to everyone who follows the topic, except this client. */
  publish(topic: string, message: Sendable, options?: SendOptions): Promise<void>
}
