import fc from "fast-check"
import { expect, test } from "vitest"
import {
  addressKey,
  checkTrustProxy,
  forwarded as walk,
  itemsFromEnd,
  seenThroughProxies,
  type TrustProxy,
} from "./proxy.ts"

/** What is forwarded by a header with this value; `null` is none. */
const forwarded = (trust: TrustProxy, peer: string, header: string | null) =>
  walk(trust, peer, itemsFromEnd(header === null ? [] : ["X-Forwarded-For", header], "x-forwarded-for"))
const address = (trust: TrustProxy, peer: string, header: string | null) => forwarded(trust, peer, header).address

test("G8b by default forwarding headers are not believed", () => {
  expect(forwarded(false, "10.0.0.1", "1.1.1.1")).toEqual({ address: "10.0.0.1", believed: false })
})

test.each<[number, string | null, string]>([
  [1, "1.1.1.1", "1.1.1.1"],
  [1, "6.6.6.6, 1.1.1.1", "1.1.1.1"],
  [2, "1.1.1.1, 10.0.0.2", "1.1.1.1"],
  [2, "6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1"],
  [1, null, "10.0.0.1"],
  [1, "", "10.0.0.1"],
  [3, "1.1.1.1", "1.1.1.1"],
  [1, " 1.1.1.1 ,, ", "1.1.1.1"],
])("G8b with %i proxies in front and the header %j the peer is %s", (hops, header, peer) => {
  expect(forwarded(hops, "10.0.0.1", header)).toEqual({ address: peer, believed: true })
})

test("G8b whatever a client writes in front, the hops that proxies added decide", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 3 }), (spoofed, hops) => {
      const added = ["9.9.9.9", "10.0.0.3", "10.0.0.2"].slice(0, hops).join(", ")
      expect(address(hops, "10.0.0.1", `${spoofed}, ${added}`)).toBe("9.9.9.9")
    }),
  )
})

const networks = ["10.0.0.0/8", "127.0.0.1", "::1", "fd00::/8"]

test.each<[string, string | null, string, boolean]>([
  ["10.0.0.1", "1.1.1.1", "1.1.1.1", true],
  ["10.0.0.1", "1.1.1.1, 10.9.9.9", "1.1.1.1", true],
  ["10.0.0.1", "6.6.6.6, 1.1.1.1", "1.1.1.1", true],
  ["10.0.0.1", "10.0.0.2", "10.0.0.2", true],
  ["10.0.0.1", null, "10.0.0.1", true],
  ["11.0.0.1", "1.1.1.1", "11.0.0.1", false],
  ["1.1.1.1", "10.0.0.1", "1.1.1.1", false],
  ["::1", "2001:db8::1", "2001:db8::1", true],
  ["0:0:0:0:0:0:0:1", "1.1.1.1", "1.1.1.1", true],
  ["fd12::1", "1.1.1.1", "1.1.1.1", true],
  ["::ffff:10.0.0.1", "::ffff:1.1.1.1", "1.1.1.1", true],
  ["::ffff:11.0.0.1", "1.1.1.1", "11.0.0.1", false],
  ["127.0.0.2", "1.1.1.1", "127.0.0.2", false],
  ["", "1.1.1.1", "", false],
])("G8b behind trusted addresses the peer %s with %j is %s, believed: %s", (peer, header, found, believed) => {
  expect(forwarded(networks, peer, header)).toEqual({ address: found, believed })
})

test("G8b what is no address is trusted by nobody, and ends the walk", () => {
  expect(address(networks, "10.0.0.1", "1.1.1.1, unknown, 10.0.0.2")).toBe("unknown")
  expect(address(networks, "10.0.0.1", "1.1.1.1, 012.0.0.1")).not.toBe("1.1.1.1")
  expect(address(networks, "10.0.0.1", "1.1.1.1, 0x0a000001")).not.toBe("1.1.1.1")
})

test.each([
  ["1.1.1.1:4711", "1.1.1.1"],
  ["[2001:db8::1]:4711", "2001:db8::1"],
  ["[2001:db8::1]", "2001:db8::1"],
  ["2001:DB8:0:0::1", "2001:db8::1"],
  ["::ffff:1.1.1.1", "1.1.1.1"],
])("G8b a proxy that writes %s means %s", (written, meant) => {
  expect(address(1, "10.0.0.1", written)).toBe(meant)
})

test("G8b no header makes it throw, and an address always comes out", () => {
  const piece = fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.constantFrom(",", "[", "]:", "::", "%", "/", "1.2.3"))
  const trust = fc.constantFrom<TrustProxy>(false, 1, 3, networks)
  fc.assert(
    fc.property(trust, piece, fc.array(piece), (trusted, peer, parts) => {
      const found = forwarded(trusted, peer, parts.join(","))
      expect(typeof found.address).toBe("string")
      expect(typeof addressKey(found.address)).toBe("string")
    }),
    { numRuns: 1_000 },
  )
})

test.each([
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::", true],
  ["2001:db8:1:2::1", "2001:db8:1:3::1", false],
  ["fe80::1%eth0", "fe80::2%eth1", true],
  ["1.1.1.1", "1.1.1.2", false],
  ["::ffff:1.1.1.1", "::ffff:2.2.2.2", false],
  ["::ffff:1.1.1.1", "1.1.1.1", true],
])("G8b %s and %s count as the same address: %s", (one, other, same) => {
  expect(addressKey(one) === addressKey(other)).toBe(same)
})

test("G8b the key of every IPv6 address is that of its /64", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 0xffff }), { minLength: 12, maxLength: 12 }), (groups) => {
      const write = (parts: readonly number[]): string => parts.map((part) => part.toString(16)).join(":")
      const network = groups.slice(0, 4)
      const one = write([...network, ...groups.slice(4, 8)])
      const other = write([...network, ...groups.slice(8)])
      expect(addressKey(one)).toBe(addressKey(other))
    }),
  )
})

test.each([
  [false],
  [1],
  [10],
  ["unix"],
  [["unix"]],
  [["10.0.0.0/8", "unix"]],
  [["10.0.0.0/8"]],
  [["::1", "127.0.0.1", "fd00::/8", "::ffff:10.0.0.0/104"]],
])("G8b %j is a setting", (value) => {
  expect(checkTrustProxy(value)).toBeUndefined()
})

test("G8b a network of mapped addresses is one of IPv4", () => {
  expect(address(["::ffff:10.0.0.0/104"], "10.1.1.1", "1.1.1.1")).toBe("1.1.1.1")
  expect(address(["::ffff:10.0.0.0/104"], "11.1.1.1", "1.1.1.1")).toBe("11.1.1.1")
})

test.each([
  [true],
  [0],
  [-1],
  [1.5],
  [Number.NaN],
  [Infinity],
  ["1"],
  ["loopback"],
  ["unix:/run/nginx.sock"],
  [["Unix"]],
  [null],
  [{}],
  [[]],
  [[""]],
  [["localhost"]],
  [["10.0.0.0/33"]],
  [["10.0.0.0/"]],
  [["10/8"]],
  [["010.0.0.0/8"]],
  [["10.0.0.1", 5]],
  [["::ffff:0:0/90"]],
])("G8b %j is refused at startup", (value) => {
  expect(checkTrustProxy(value)?.what).toContain("takes false")
})

/** What is seen of a request through one proxy at 10.0.0.1, with these headers. */
function seen(trust: TrustProxy, ...rawHeaders: string[]) {
  const request = { method: "GET", target: "/", httpVersion: "1.1", rawHeaders, remoteAddress: "10.0.0.1" }
  return seenThroughProxies(trust, request, "inside:8080")
}

test("G8b a proxy that is believed says who the peer is and by which name it calls us", () => {
  const headers = ["X-Forwarded-For", "1.1.1.1", "X-Forwarded-Host", "spoofed.com", "x-forwarded-host", "example.com"]
  expect(seen(1, ...headers)).toEqual({ address: "1.1.1.1", host: "example.com" })
  expect(seen(["10.0.0.0/8"], ...headers)).toEqual({ address: "1.1.1.1", host: "example.com" })
})

test("G8b whoever is not believed changes neither", () => {
  const headers = ["X-Forwarded-For", "1.1.1.1", "X-Forwarded-Host", "example.com"]
  expect(seen(false, ...headers)).toEqual({ address: "10.0.0.1", host: "inside:8080" })
  expect(seen(["192.168.0.0/16"], ...headers)).toEqual({ address: "10.0.0.1", host: "inside:8080" })
})

test("G8b a proxy that names no host leaves the request's own", () => {
  expect(seen(1, "X-Forwarded-For", "1.1.1.1")).toEqual({ address: "1.1.1.1", host: "inside:8080" })
})

test("G8b a long X-Forwarded-For is read from its end, and no further than proxies are trusted", () => {
  const rawHeaders = ["X-Forwarded-For", "1.1.1.1, 2.2.2.2", "x-forwarded-for", "3.3.3.3 ,, 4.4.4.4,"]
  const read: string[] = []
  const items = function* () {
    for (const item of itemsFromEnd(rawHeaders, "x-forwarded-for")) {
      read.push(item)
      yield item
    }
  }
  expect(walk(2, "10.0.0.1", items()).address).toBe("3.3.3.3")
  // One more is asked for, to learn whether there is any.
  expect(read).toEqual(["4.4.4.4", "3.3.3.3", "2.2.2.2"])
  read.length = 0
  expect(walk(["10.0.0.0/8"], "10.0.0.1", items()).address).toBe("4.4.4.4")
  expect(read).toEqual(["4.4.4.4", "3.3.3.3"])
})

test("G8b what is too long for an address is not read as one, and is trusted by nobody", () => {
  const long = `${"1:".repeat(7_000)}:`
  expect(address(networks, "10.0.0.1", `1.1.1.1, ${long}`)).toBe(long)
  expect(addressKey(long)).toBe(long)
})

test.each<[TrustProxy, string | null, string, boolean]>([
  ["unix", "1.1.1.1", "1.1.1.1", true],
  [["unix"], "6.6.6.6, 1.1.1.1", "1.1.1.1", true],
  [["unix", "10.0.0.0/8"], "1.1.1.1, 10.0.0.2, unix:", "1.1.1.1", true],
  ["unix", null, "", true],
  [["10.0.0.0/8"], "1.1.1.1", "", false],
  [1, "1.1.1.1", "1.1.1.1", true],
])(
  "G8b behind %j a peer of a Unix domain socket with the header %j is %j, believed: %s",
  (trust, header, peer, believed) => {
    expect(forwarded(trust, "", header)).toEqual({ address: peer, believed })
  },
)

test("G8b a peer with an address is no peer of a Unix domain socket", () => {
  expect(forwarded("unix", "10.0.0.1", "1.1.1.1")).toEqual({ address: "10.0.0.1", believed: false })
})
