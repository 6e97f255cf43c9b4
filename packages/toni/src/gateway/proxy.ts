import ipaddr from "ipaddr.js"

/** `false`, how many proxies stand in front, or their addresses (`"10.0.0.0/8"`, `"::1"`). */
export type TrustProxy = false | number | readonly string[]

type Network = ReturnType<typeof ipaddr.parseCIDR>

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

/** Walks `X-Forwarded-For` from our end, as far as proxies are trusted (rule G8b). */
export function forwarded(trust: TrustProxy, peer: string, forwardedFor: string | null): Forwarded {
  const direct = plainAddress(peer)
  if (trust === false) return { address: direct, believed: false }
  const hops = [direct, ...(forwardedFor ?? "").split(",").map(plainAddress).filter(Boolean).reverse()]
  if (typeof trust === "number") return { address: hops[Math.min(trust, hops.length - 1)] as string, believed: true }
  const networks = trust.map(parseNetwork).filter((network) => network !== undefined)
  const first = hops.findIndex((hop) => !isWithin(hop, networks))
  return { address: (first < 0 ? hops.at(-1) : hops[first]) as string, believed: first !== 0 }
}

/** What connections are counted by: an IPv4 address, the /64 of an IPv6 address. */
export function addressKey(address: string): string {
  if (!ipaddr.IPv6.isValid(address)) return address
  return ipaddr.IPv6.networkAddressFromCIDR(`${address.replace(/%.*$/, "")}/64`).toString()
}

/** An address as people write it: IPv4 that was mapped into IPv6 is IPv4 again; what is no address stays as it is. */
function plainAddress(address: string): string {
  const trimmed = address.trim()
  return ipaddr.isValid(trimmed) ? ipaddr.process(trimmed).toString() : trimmed
}

function parseNetwork(text: string): Network | undefined {
  try {
    if (text.includes("/")) return ipaddr.parseCIDR(text)
    const address = ipaddr.process(text)
    return [address, address.kind() === "ipv4" ? 32 : 128] as Network
  } catch {
    return undefined
  }
}

function isWithin(address: string, networks: readonly Network[]): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  return networks.some(([network, bits]) => parsed.kind() === network.kind() && parsed.match([network, bits] as never))
}
