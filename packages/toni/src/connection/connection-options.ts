import type { SocketLimits } from "../adapter/websocket-adapter.ts"

/** What a connection needs to know of its gateway's options: resolved and checked, `Infinity` where unlimited. */
export interface ConnectionOptions extends SocketLimits {
  readonly maxBackpressure: number
  readonly maxTopics: number
  readonly slowConsumer: "close" | "drop"
  readonly rateLimit: RateLimit | undefined
  readonly concurrency: number
  readonly inbox: { readonly messages: number; readonly bytes: number }
  readonly heartbeat: { readonly interval: number; readonly timeout: number }
  readonly connectTimeout: number
  readonly settleTimeout: number
  readonly closeTimeout: number
  readonly stallTimeout: number
}

export interface RateLimit {
  /** How many messages… */
  readonly messages: number
  /** …in how many milliseconds, on average. */
  readonly per: number
  /** How many at once after a silence. Default: `messages`. */
  readonly burst: number
}
