import { expect, test } from "vitest"
import { HandshakeRecord } from "./handshake-record.ts"
import { headerView } from "./header-view.ts"
import { WsHandshake } from "./ws-handshake.ts"

/** A handshake whose client offers two subprotocols, and what was said of it. */
function stage() {
  const record = new HandshakeRecord(() => undefined)
  const protocols = ["v2", "v1", "toni.bearer.c2VjcmV0"]
  const facts = { url: "/", path: "/", query: "", params: {}, headers: headerView([]), protocols, remoteAddress: "" }
  return { record, handshake: new WsHandshake(facts, record) }
}

test.each([300, 401, 599])("G6a reject(%i) is a refusal", (status) => {
  const { record, handshake } = stage()
  expect(record.conclude(handshake.reject(status))).toMatchObject({ kind: "reject", status })
})

test.each([200, 299, 600, 4401, 401.5, Number.NaN, "401", null])(
  "G6a reject(%j) is a mistake, and says what to write",
  (status) => {
    const fix = expect.stringContaining("300 to 599")
    expect(() => stage().handshake.reject(status as number)).toThrow(
      expect.objectContaining({ code: "TONI_BAD_ARGUMENT", fix }),
    )
  },
)

const cookies = [
  ["Set-Cookie", "a=1"],
  ["Set-Cookie", "b=2"],
] as const

test.each<[string, unknown]>([
  ["an object", { "Set-Cookie": ["a=1", "b=2"] }],
  ["a Headers", new Headers(cookies.map(([name, value]) => [name, value]))],
  ["a list of pairs", cookies],
  ["a Map", new Map([["Set-Cookie", ["a=1", "b=2"]]])],
  [
    "a generator",
    (function* () {
      yield* cookies
    })(),
  ],
])("G6a headers may be %s, and every cookie is kept", (_, headers) => {
  const { record, handshake } = stage()
  record.conclude(handshake.accept({ headers: headers as Headers }))
  const sent = (record.accepted as { headers?: readonly (readonly [string, string])[] }).headers ?? []
  expect(sent.map(([name, value]) => [name.toLowerCase(), value])).toEqual([
    ["set-cookie", "a=1"],
    ["set-cookie", "b=2"],
  ])
  const rejecting = stage()
  rejecting.handshake.reject(401, "", new Headers({ "WWW-Authenticate": "Bearer" }))
  expect(rejecting.record.refused).toMatchObject({ headers: [["www-authenticate", "Bearer"]] })
})

test("G6a what is sent is what was checked, though the headers change afterwards", () => {
  const { record, handshake } = stage()
  const headers = { "X-Tag": ["a"] }
  handshake.accept({ headers })
  headers["X-Tag"].push("b\r\nSet-Cookie: evil")
  expect(record.accepted).toMatchObject({ headers: [["X-Tag", "a"]] })
})

const throwing = (): Record<string, string> =>
  Object.defineProperty({}, "X-Tag", {
    enumerable: true,
    get() {
      throw new TypeError("not now")
    },
  }) as Record<string, string>

test.each<[string, unknown, string]>([
  ["a string", "Set-Cookie: a=1", "Headers"],
  ["null", null, "Headers"],
  ["a list without pairs", ["Set-Cookie", "a=1"], "Headers"],
  ["a list of three for a pair", [["Set-Cookie", "a=1", "b=2"]], "Headers"],
  ["a number for a value", { Age: 5 }, "string"],
  ["a name that is none", { "Set Cookie": "a=1" }, "letters, digits"],
  ["one that belongs to the answer", { Upgrade: "h2c" }, "Leave it out"],
  ["a subprotocol", { "Sec-WebSocket-Protocol": "v1" }, "accept({ protocol })"],
  ["a line break", { "X-Tag": "a\r\nb" }, "encodeURIComponent"],
  ["a letter beyond ASCII", { "X-Tag": "é" }, "encodeURIComponent"],
])("G6a headers that are or have %s are a mistake, with its fix", (_, headers, fix) => {
  const { record, handshake } = stage()
  expect(() => handshake.accept({ headers: headers as Headers })).toThrow(
    expect.objectContaining({ code: "TONI_BAD_ARGUMENT", fix: expect.stringContaining(fix) }),
  )
  expect(record.accepted).toBeUndefined()
})

test("G6a headers that throw when they are read are a mistake like any other", () => {
  expect(() => stage().handshake.accept({ headers: throwing() })).toThrow(
    expect.objectContaining({ code: "TONI_BAD_ARGUMENT", cause: expect.any(TypeError) }),
  )
})

test.each<[string, (handshake: WsHandshake) => unknown, string]>([
  ["accept(null)", (handshake) => handshake.accept(null as never), "TONI_BAD_ARGUMENT"],
  ["accept(true)", (handshake) => handshake.accept(true as never), "TONI_BAD_ARGUMENT"],
  ["a protocol that was not offered", (handshake) => handshake.accept({ protocol: "v3" }), "TONI_NOT_OFFERED"],
  ["a protocol that is no string", (handshake) => handshake.accept({ protocol: 5 as never }), "TONI_NOT_OFFERED"],
  ["a moment that is none", (handshake) => handshake.accept({ expiresAt: "soon" as never }), "TONI_BAD_ARGUMENT"],
  ["a message that is an object", (handshake) => handshake.reject(401, {} as never), "TONI_BAD_ARGUMENT"],
  ["a reason that is a number", (handshake) => handshake.close(4001, 5 as never), "TONI_BAD_ARGUMENT"],
  ["a code that nobody may send", (handshake) => handshake.close(1005, ""), "TONI_BAD_CLOSE_CODE"],
  ["a code that is no number", (handshake) => handshake.close("4001" as never, ""), "TONI_BAD_CLOSE_CODE"],
])("G6a %s throws a ToniError, and decides nothing", (_, call, code) => {
  const { record, handshake } = stage()
  expect(() => call(handshake)).toThrow(expect.objectContaining({ code }))
  expect([record.accepted, record.refused]).toEqual([undefined, undefined])
})

test("G10b a credential is never named by the error that refuses to answer it", () => {
  const accept = () => stage().handshake.accept({ protocol: "toni.bearer.c2VjcmV0" })
  expect(accept).toThrow(expect.objectContaining({ message: expect.not.stringContaining("c2VjcmV0") }))
})

test("G6a what decides is opaque: it shows nothing of the answer, and cannot be changed", () => {
  const { handshake } = stage()
  const decision = handshake.accept()
  expect([Object.keys(decision), Object.isFrozen(decision)]).toEqual([[], true])
})
