import type { SocketLimits } from "../adapter/websocket-adapter.ts"

/** The largest of each limit; compression with the lowest threshold, where anybody asks for it. */
export function largestLimits(all: readonly SocketLimits[]): SocketLimits {
  const thresholds = all.flatMap(({ compression }) => (compression ? [compression.threshold] : []))
  return {
    maxPayload: Math.max(0, ...all.map(({ maxPayload }) => maxPayload)),
    maxFragments: Math.max(0, ...all.map(({ maxFragments }) => maxFragments)),
    compression: thresholds.length > 0 && { threshold: Math.min(...thresholds) },
  }
}
