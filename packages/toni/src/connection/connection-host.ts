import type { Clock } from "../clock.ts"
import type { DisconnectReason } from "../message/disconnect-reason.ts"
import type { WsMessage } from "../message/ws-message.ts"
import type { ConnectionOptions } from "./connection-options.ts"
import type { Counters } from "./counters.ts"
import type { ErrorPhase } from "./error-phase.ts"
import type { Metadata } from "./metadata.ts"
import type { SendOptions, WsClient } from "./ws-client.ts"

/** The hooks of a gateway that a living connection calls; each may be asynchronous. */
export interface ConnectionHooks {
  onConnect?(client: WsClient): unknown
  onMessage(client: WsClient, message: WsMessage): unknown
  onDisconnect?(client: WsClient, reason: DisconnectReason): unknown
}

/** What all connections of one gateway share. */
export interface ConnectionKind {
  /** The gateway's name, for reports. */
  readonly name: string
  readonly path: string
  readonly hooks: ConnectionHooks
  readonly options: ConnectionOptions
  /** Called once for each connection, when its socket is gone, with the slot that it had. */
  readonly left: (slot: string) => void
}

/** What the handshake has found out about a peer. */
export interface ConnectionOrigin {
  readonly id: string
  readonly params: Readonly<Record<string, string>>
  readonly protocol: string
  readonly remoteAddress: string
  /** Missing when nothing was set. */
  readonly metadata: Metadata | undefined
  /** What it counts under among the connections of its gateway. */
  readonly slot: string
  /** It is told by close codes whether to come back (rule G7b). Default `false`. */
  readonly readsVerdicts?: boolean
}

/** A connection, as those who keep it know it: the hub, and the application. Gateways are handed its `WsClient`. */
export interface HostedConnection {
  readonly id: string
  /** The name of its gateway, for reports. */
  readonly gateway: string
  readonly maxTopics: number
  /** Whether the socket is gone. */
  readonly isGone: boolean
  /** What it follows, kept by the hub; made with the first topic. */
  followed: Set<string> | undefined
  /** Its place among the live connections, kept by them. */
  seat: number
  /**
   * Takes a message without waiting for anything; whether it was taken (rule H3). `isShared`: others are offered it
   * in the same call (rule H4). MUST NOT run anybody's code.
   */
  offer(message: WsMessage, volatile: boolean, isShared?: boolean): boolean
  /** See `WsClient.close`. */
  close(code: number, reason: string): Promise<void>
}

/** Topics, as a connection needs them. */
export interface TopicFollowing {
  subscribe(connection: HostedConnection, topic: string): Promise<void>
  unsubscribe(connection: HostedConnection, topic: string): Promise<void>
  publish(topic: string, message: WsMessage, except: HostedConnection, options: SendOptions | undefined): Promise<void>
}

/** What all connections of an application share. */
export interface ConnectionHost {
  readonly clock: Clock
  /** Milliseconds in which peers could be heard; see `Sweep.now`. */
  awake(): number
  /** Milliseconds in which our process was held up, in all; see `Sweep.stalled`. */
  stalled(): number
  readonly counters: Counters
  readonly topics: TopicFollowing
  /** Whether sockets can stop reading; see `WebSocketSupport.pause`. */
  readonly canPause: boolean
  /** Never throws. */
  report(error: unknown, phase: ErrorPhase, connection: HostedConnection): void
  /** So many hooks were given up on (rule G13c); that it happened is reported as well. */
  abandoned(hooks: number): void
  /** `onMessage` has answered something that nobody takes: it is not sent. Never throws. */
  ignored(answer: unknown, connection: HostedConnection): void
  /** The socket is gone; `onDisconnect` is still to come. */
  gone(connection: HostedConnection, cause: DisconnectReason): void
  /** Nothing of the connection is needed any more (rule G14). */
  released(connection: HostedConnection): void
}
