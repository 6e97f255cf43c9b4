import ipaddr from "ipaddr.js"
import type { UpgradeRequest } from "../adapter/websocket-adapter.ts"
import type { OptionMistake } from "./option-mistake.ts"

/**
 * `false`, how many proxies stand in front, or which peers are proxies: addresses and networks (`"10.0.0.0/8"`,
 * `"::1"`), and `"unix"` for whoever connects by a Unix domain socket.
 */
export type TrustProxy = false | number | "unix" | readonly string[]

type Address = ReturnType<typeof ipaddr.parse>
type Network = readonly [address: Address, bits: number]

/** A peer of a Unix domain socket has no address; nginx calls it by this name. */
const unixPeer = ""
const unixName = "unix:"
/** Longer than any address with its zone and port. */
const longestAddress = 100

/** Checks the option `trustProxy`. */
export function checkTrustProxy(value: unknown): OptionMistake | undefined {
  const what = 'takes false, a positive number of proxies, "unix", or a list of addresses and networks'
  const fix = 'Write how many proxies stand in front (1), or their addresses (["10.0.0.0/8"]).'
  if (value === false || value === "unix") return undefined
  if (typeof value === "number") return Number.isSafeInteger(value) && value > 0 ? undefined : { what, fix }
  if (value === true) return { what, fix: `${fix} If all were believed, anybody could name any address.` }
  if (!Array.isArray(value)) return { what, fix }
  if (value.length === 0)
    return { what, fix: "Write false where there is no proxy, or the addresses of those there are." }
  const wrong = value.findIndex((item) => item !== "unix" && (typeof item !== "string" || !parseNetwork(item)))
  if (wrong < 0) return undefined
  return { what, fix: `${fix} Item ${wrong + 1} of the list is no address: names are not looked up.` }
}

/** What of the forwarding headers is believed. */
export interface Forwarded {
  /** The peer's address; `""` for a peer of a Unix domain socket. */
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
  if (trust === false) return { address: directAddress(remoteAddress), host }
  const { address, believed } = forwarded(trust, remoteAddress, itemsFromEnd(rawHeaders, "x-forwarded-for"))
  const [forwardedHost] = believed ? itemsFromEnd(rawHeaders, "x-forwarded-host") : []
  return { address, host: forwardedHost ?? host }
}

/** Walks `X-Forwarded-For` from our end, as far as proxies are trusted and no further (rule G8b). */
export function forwarded(trust: TrustProxy, peer: string, forwardedFor: Iterable<string>): Forwarded {
  let address = directAddress(peer)
  if (trust === false) return { address, believed: false }
  const trusts = trustOf(trust)
  let hops = 0
  for (const hop of forwardedFor) {
    if (!trusts(address, hops)) break
    address = plainAddress(hop)
    hops++
  }
  return { address, believed: hops > 0 || trusts(address, hops) }
}

/** What connections are counted by: an IPv4 address, the /64 of an IPv6 address. */
export function addressKey(address: string): string {
  const parsed = parseAddress(address)
  if (parsed?.kind() !== "ipv6") return parsed?.toString() ?? address
  return ipaddr.IPv6.networkAddressFromCIDR(`${address.replace(/%.*$/, "")}/64`).toString()
}

/** Whether the peer with this address, behind so many hops, is a proxy that is believed. */
type Trusts = (address: string, hops: number) => boolean

/** Lists are read once: each belongs to the options of a gateway, or of an application. */
const known = new WeakMap<readonly string[], Trusts>()
const unixOnly: readonly string[] = ["unix"]

function trustOf(trust: Exclude<TrustProxy, false>): Trusts {
  if (typeof trust === "number") return (_address, hops) => hops < trust
  const list = trust === "unix" ? unixOnly : trust
  const before = known.get(list)
  if (before !== undefined) return before
  const networks = list.map(parseNetwork).filter((network) => network !== undefined)
  const hasUnix = list.includes("unix")
  const trusts: Trusts = (address) => {
    return address === unixPeer || address === unixName ? hasUnix : isWithin(address, networks)
  }
  known.set(list, trusts)
  return trusts
}

/** The items of a header that is a list, the last one first; nothing is read before it is asked for. */
export function* itemsFromEnd(rawHeaders: readonly string[], name: string): Generator<string, undefined> {
  for (let index = rawHeaders.length - (rawHeaders.length % 2) - 2; index >= 0; index -= 2) {
    const header = rawHeaders[index] as string
    if (header.length !== name.length || header.toLowerCase() !== name) continue
    const value = rawHeaders[index + 1] as string
    for (let end = value.length; end > 0;) {
      const comma = value.lastIndexOf(",", end - 1)
      const item = value.slice(comma + 1, end).trim()
      if (item !== "") yield item
      end = comma
    }
  }
}

/** The address of a socket; what has no colon is IPv4 as a socket tells it, and needs no reading. */
function directAddress(peer: string): string {
  return peer.includes(":") ? plainAddress(peer) : peer
}

/**
 * An address as people write it: IPv4 that was mapped into IPv6 is IPv4 again, a port behind it goes; what is no
 * address stays as it is.
 */
function plainAddress(text: string): string {
  const [, bracketed, dotted] = /^(?:\[(.*)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? []
  return parseAddress(bracketed ?? dotted ?? text)?.toString() ?? text
}

/** Decimal IPv4 in four parts, or IPv6: nobody in front of us writes octal or hexadecimal numbers, but attackers do. */
function parseAddress(text: string): Address | undefined {
  if (text.length > longestAddress) return undefined
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
