import ipaddr from "ipaddr.js"
import type { UpgradeRequest } from "../adapter/websocket-adapter.ts"
import { headerView } from "./header-view.ts"

/** `false`, how many proxies stand in front, or their addresses (`"10.0.0.0/8"`, `"::1"`). */
export type TrustProxy = false | number | readonly string[]

type Address = ReturnType<typeof ipaddr.parse>
type Network = readonly [address: Address, bits: number]

export function checkTrustProxy(value: unknown): string | undefined {
  const form = "takes false, a positive number of proxies, or a list of addresses and networks"
  if (value === false) return undefined
  if (typeof value === "number") return Number.isSafeInteger(value) && value > 0 ? undefined : form
  if (!Array.isArray(value) || value.length === 0) return form
  return value.every((item) => typeof item === "string" && parseNetwork(item) !== undefined) ? undefined : form
}

/** What of the forwarding headers is believed. */
export interface Forwarded {
  /** The peer's address. */
  readonly address: string
  /** Whether `X-Forwarded-Host` counts. */
  readonly believed: boolean
}

/** The peer's address, and the name by which it calls us, `host` unless a proxy knows better (rule G8b). */
export function seenThroughProxies(
  trust: TrustProxy,
  { remoteAddress, rawHeaders }: UpgradeRequest,
  host: string,
): { readonly address: string; readonly host: string } {
  if (trust === false) return { address: forwarded(trust, remoteAddress, null).address, host }
  const headers = headerView(rawHeaders)
  const { address, believed } = forwarded(trust, remoteAddress, headers.get("x-forwarded-for"))
  const forwardedHost = believed ? headers.get("x-forwarded-host")?.split(",").at(-1)?.trim() : undefined
  return { address, host: forwardedHost ?? host }
}

/** Walks `X-Forwarded-For` from our end, as far as proxies are trusted (rule G8b). */
export function forwarded(trust: TrustProxy, peer: string, forwardedFor: string | null): Forwarded {
  // What has no colon is IPv4 as a socket tells it, and needs no reading.
  const direct = peer.includes(":") ? plainAddress(peer) : peer
  if (trust === false) return { address: direct, believed: false }
  const hops = [direct, ...(forwardedFor ?? "").split(",").map(plainAddress).filter(Boolean).reverse()]
  if (typeof trust === "number") return { address: hops[Math.min(trust, hops.length - 1)] as string, believed: true }
  const networks = trust.map(parseNetwork).filter((network) => network !== undefined)
  const first = hops.findIndex((hop) => !isWithin(hop, networks))
  return { address: (first < 0 ? hops.at(-1) : hops[first]) as string, believed: first !== 0 }
}

/** What connections are counted by: an IPv4 address, the /64 of an IPv6 address. */
export function addressKey(address: string): string {
  const parsed = parseAddress(address)
  if (parsed?.kind() !== "ipv6") return parsed?.toString() ?? address
  return ipaddr.IPv6.networkAddressFromCIDR(`${address.replace(/%.*$/, "")}/64`).toString()
}

/**
 * An address as people write it: IPv4 that was mapped into IPv6 is IPv4 again, a port behind it goes; what is no
 * address stays as it is.
 */
function plainAddress(address: string): string {
  const text = address.trim()
  const [, bracketed, dotted] = /^(?:\[(.*)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? []
  return parseAddress(bracketed ?? dotted ?? text)?.toString() ?? text
}

/** Decimal IPv4 in four parts, or IPv6: nobody in front of us writes octal or hexadecimal numbers, but attackers do. */
function parseAddress(text: string): Address | undefined {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text) ? ipaddr.process(text) : undefined
}

function parseNetwork(text: string): Network | undefined {
  const [host = "", length, ...rest] = text.split("/")
  const address = parseAddress(host)
  if (!address || rest.length > 0) return undefined
  const width = address.kind() === "ipv4" ? 32 : 128
  if (length === undefined) return [address, width]
  // The prefix of a mapped address is counted from the start of the IPv6 address.
  const bits = Number(length) - (width === 32 && host.includes(":") ? 96 : 0)
  return /^\d+$/.test(length) && bits >= 0 && bits <= width ? [address, bits] : undefined
}

function isWithin(address: string, networks: readonly Network[]): boolean {
  const parsed = parseAddress(address)
  return networks.some(([network, bits]) => parsed?.kind() === network.kind() && parsed.match([network, bits] as never))
}
