import { expect, test } from "vitest"
import { handshakeFault } from "./handshake-check.ts"
import { OpeningHeaders } from "./opening-headers.ts"

const good: Readonly<Record<string, string>> = {
  Host: "example.com",
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}

/** The fault of the good handshake with these headers instead; `undefined` leaves one out, a list repeats it. */
function fault(
  changes: Readonly<Record<string, string | readonly string[] | undefined>>,
  line: { readonly method?: string; readonly httpVersion?: string } = {},
) {
  const raw = Object.entries({ ...good, ...changes }).flatMap(([name, value]) =>
    (typeof value === "string" ? [value] : (value ?? [])).flatMap((each) => [name, each]),
  )
  const request = { method: "GET", target: "/", httpVersion: "1.1", rawHeaders: raw, remoteAddress: "", ...line }
  return handshakeFault(request, new OpeningHeaders(raw))
}

test.each<[string, Record<string, string>]>([
  ["as RFC 6455 has it", {}],
  ["with words in any case", { Upgrade: "WebSocket", Connection: "upgrade" }],
  ["of Firefox", { Connection: "keep-alive, Upgrade" }],
  ["with spaces in the list", { Connection: " keep-alive ,\tUPGRADE " }],
  ["with an origin and subprotocols", { Origin: "null", "Sec-WebSocket-Protocol": "a, b" }],
  ["that would take another protocol as well", { Upgrade: "websocket, h2c" }],
  ["that would rather have another protocol", { Upgrade: "h2c,WebSocket" }],
  ["with an empty body", { "Content-Length": "0" }],
  [
    "with extensions that we do not know",
    { "Sec-WebSocket-Extensions": 'x; __proto__=1; y="\\"", permessage-deflate' },
  ],
])("G5a a handshake %s is well-formed", (_, changes) => {
  expect(fault(changes)).toBeUndefined()
})

test.each(["POST", "HEAD", "PUT", "get", ""])("G5a the method %j gets 405, with the one that is allowed", (method) => {
  expect(fault({}, { method })).toMatchObject({ status: 405, headers: [["Allow", "GET"]] })
})

test.each(["1.0", "0.9"])("G5a HTTP/%s gets 400", (httpVersion) => {
  expect(fault({}, { httpVersion })?.status).toBe(400)
})

test.each(Object.keys(good))("G5a a handshake without %s gets 400", (name) => {
  expect(fault({ [name]: undefined })?.status).toBe(400)
})

test.each(["Host", "Origin", "Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version"])(
  "G5a a handshake with two headers %s gets 400, even when they are equal",
  (name) => {
    const value = good[name] ?? "https://example.com"
    expect(fault({ [name]: [value, value] })?.status).toBe(400)
  },
)

test.each(["8", "7", "0", "14", "013", "13.0", "1", "x", "", "13, 8"])(
  "G5a the version %j gets 426, with the one that is spoken",
  (version) => {
    expect(fault({ "Sec-WebSocket-Version": version })).toMatchObject({
      status: 426,
      headers: [["Sec-WebSocket-Version", "13"]],
    })
  },
)

test.each([
  ["", "nothing"],
  ["dGhlIHNhbXBsZSBub25jZQ", "no padding"],
  ["dGhlIHNhbXBsZSBub25jZQ=", "half a padding"],
  ["dGhlIHNhbXBsZSBub25jZR==", "bits behind the sixteenth byte"],
  ["dGhlIHNhbXBsZSBub25j", "15 bytes"],
  ["dGhlIHNhbXBsZSBub25jZWU=", "17 bytes"],
  ["dGhlIHNhbXBsZSBub25-ZQ==", "base64url"],
  [" dGhlIHNhbXBsZSBub25jZQ==", "a space in front"],
  ["dGhlIHNhbXBsZSBub25jZQ==\n", "a line break behind"],
  ["A".repeat(15_000), "15 KB"],
])("G5a the key %j gets 400: %s", (key) => {
  expect(fault({ "Sec-WebSocket-Key": key })?.status).toBe(400)
})

test.each<[string, Record<string, string | readonly string[]>]>([
  ["that upgrades to something else", { Upgrade: "h2c" }],
  ["that upgrades to something longer", { Upgrade: "websockets" }],
  ["that upgrades to a version that is none", { Upgrade: "h2c, websocket/13" }],
  ["with an empty Upgrade", { Upgrade: "" }],
  ["whose Connection does not name it", { Connection: "keep-alive" }],
  ["whose Connection names something longer", { Connection: "upgrade-insecure" }],
  ["with an empty Host", { Host: "" }],
  ["with a body", { "Content-Length": "5" }],
  ["with a length that is none", { "Content-Length": "x" }],
  ["with two lengths", { "Content-Length": ["0", "0"] }],
  ["with a chunked body", { "Transfer-Encoding": "chunked" }],
  ["with an identity encoding", { "Transfer-Encoding": "" }],
  ["with an empty list of subprotocols", { "Sec-WebSocket-Protocol": "" }],
  ["with an empty item among them", { "Sec-WebSocket-Protocol": "a,,b" }],
  ["with a subprotocol twice", { "Sec-WebSocket-Protocol": ["a", "a"] }],
  ["with a subprotocol that is no token", { "Sec-WebSocket-Protocol": "a b" }],
])("G5a a handshake %s gets 400", (_, changes) => {
  expect(fault(changes)?.status).toBe(400)
})

test("G5a what is said of a fault repeats nothing that the client sent", () => {
  const bodies = [
    fault({ Upgrade: "<script>" }),
    fault({ "Sec-WebSocket-Protocol": "<script>" }),
    fault({}, { method: "<script>" }),
  ]
  expect(bodies.map((refusal) => refusal?.body.includes("script"))).toEqual([false, false, false])
})
