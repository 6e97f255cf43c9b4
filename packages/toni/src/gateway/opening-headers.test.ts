import { expect, test } from "vitest"
import { OpeningHeaders } from "./opening-headers.ts"

test("G5a what a handshake is judged by is found in any case, and the rest is left alone", () => {
  const headers = new OpeningHeaders(["HOST", "a", "sec-websocket-KEY", "k", "__proto__", "x", "Cookie", "y"])
  expect([headers.host, headers.key, headers.origin, headers.repeated]).toEqual(["a", "k", undefined, undefined])
})

test("G5a lists that come in several headers are one list", () => {
  const headers = new OpeningHeaders([
    ...["Connection", "keep-alive", "Sec-WebSocket-Protocol", "a"],
    ...["connection", "Upgrade", "sec-websocket-protocol", "b, c"],
  ])
  expect([headers.connection, headers.offered]).toEqual(["keep-alive, Upgrade", ["a", "b", "c"]])
  expect(headers.repeated).toBeUndefined()
})

test("G5a a header that may come only once is named when it comes twice, also when it is empty", () => {
  expect(new OpeningHeaders(["Host", "", "HOST", "a"]).repeated).toBe("host")
})

test("G10a without a list of subprotocols none is offered; a malformed one is no list", () => {
  expect(new OpeningHeaders([]).offered).toEqual([])
  expect(new OpeningHeaders(["Sec-WebSocket-Protocol", "a,,b"]).offered).toBeUndefined()
})

test("any header may be missing after truncation: a name without a value is none", () => {
  expect(new OpeningHeaders(["Host"]).host).toBeUndefined()
})

test("thousands of headers of one name are joined in linear time", () => {
  const raw = Array.from({ length: 200_000 }, (_, index) => (index % 2 === 0 ? "Connection" : "x"))
  expect(new OpeningHeaders(raw).connection).toHaveLength(100_000 * 3 - 2)
})
