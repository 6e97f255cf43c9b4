import type { Compression } from "../adapter/websocket-adapter.ts"
import type { ConnectionOptions, RateLimit } from "../connection/connection-options.ts"
import type { OriginPolicy } from "./origin.ts"
import type { TrustProxy } from "./proxy.ts"

/** A limit that can be lifted, but only by saying so. */
export type Limit = number | "unlimited"

/** Options of one gateway, or an application's defaults for all of them. Times are milliseconds, sizes are bytes. */
export interface GatewayOptions {
  /** From which pages browsers may connect (rule G8a). Default `"same-origin"`. */
  readonly origins?: OriginPolicy
  /** Which proxies in front are believed: how many, or their addresses (rule G8b). Default `false`. */
  readonly trustProxy?: TrustProxy
  /** The subprotocols that the gateway speaks, best first (rule G10a). Default none. */
  readonly protocols?: readonly string[]

  /** Bytes of one message, reassembled and inflated; over it 1009. Default 1 MiB. */
  readonly maxPayload?: Limit
  /** Frames of one message; over it 1008. Default 4,096. */
  readonly maxFragments?: Limit
  /** Bytes that may wait for one client; over it it is a slow consumer. Default 1 MiB. */
  readonly maxBackpressure?: Limit
  /**
   * What becomes of a client over `maxBackpressure`: it is closed with 1013, or new messages are discarded. One that takes
   * nothing for `stallTimeout` is closed with either. Default `"close"`.
   */
  readonly slowConsumer?: "close" | "drop"
  /** Clients of the gateway, pending handshakes included; over it 503. Default `"unlimited"`. */
  readonly maxConnections?: Limit
  /** The same for one address (IPv6: one /64); over it 429. Default `"unlimited"`. */
  readonly maxConnectionsPerAddress?: Limit
  /** Topics that one client may follow. Default 128. */
  readonly maxTopics?: Limit
  /** Messages of one client; over it 1008, or 4429 for clients that offer `toni` (rule G7b). `burst` defaults to `messages`. Default `"unlimited"`. */
  readonly rateLimit?: "unlimited" | { readonly messages: number; readonly per: number; readonly burst?: number }
  /**
   * permessage-deflate with peers who offer it, for messages of at least `threshold` bytes (1,024 with `true`). It saves
   * bandwidth and costs time of the one thread. Default `false`.
   */
  readonly compression?: boolean | { readonly threshold?: number }

  /** Handlers of one client that may run at once (rule G12a). Default 1: strictly in order. */
  readonly concurrency?: number
  /** How much of one client may wait for its handler before reading pauses (rule G12c). Default 64 messages, 1 MiB. */
  readonly inbox?: { readonly messages?: number; readonly bytes?: number }
  /** A ping after `interval` without traffic; cut when nothing comes for `timeout` after it. Default 30 s, 10 s. */
  readonly heartbeat?: { readonly interval?: number; readonly timeout?: number } | "unlimited"

  /** How long `onHandshake` may take; over it 503. Default 10 s. */
  readonly handshakeTimeout?: number
  /** How long `onConnect` may take; over it 1011. Default 10 s. */
  readonly connectTimeout?: number
  /** How long handlers may still run when the connection is gone. Default 10 s. */
  readonly settleTimeout?: number
  /** How long a peer may take to answer our Close. Default 5 s. */
  readonly closeTimeout?: number
  /** How long a client may take nothing of what waits for it; over it it is closed with 1013. Default 30 s. */
  readonly stallTimeout?: number
}

/** The options of a gateway as they are in force; `Infinity` is unlimited. */
export interface EffectiveOptions extends ConnectionOptions {
  readonly origins: OriginPolicy
  readonly trustProxy: TrustProxy
  readonly protocols: readonly string[]
  readonly maxConnections: number
  readonly maxConnectionsPerAddress: number
  readonly handshakeTimeout: number
  readonly rateLimit: RateLimit | undefined
  readonly compression: Compression | false
}
