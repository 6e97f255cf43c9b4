import fc from "fast-check"
import { expect, test } from "vitest"
import { decodeParams, parseTarget, pathMistake, pathShape } from "./path.ts"
import { Router } from "./router.ts"
import { anyText } from "./test/any-text.ts"

test.each([
  "/",
  "/chat",
  "/chat/",
  "/rooms/:room",
  "/a/:b/c/:d_2",
  "/v1.2/it's-@~!$&+,;=",
  "/caf%C3%A9",
  "/...",
  "/.well-known",
])("G4 %s is a pattern", (path) => {
  expect(pathMistake(path)).toBeUndefined()
})

test.each([
  ["", "starts with /"],
  ["chat", "starts with /"],
  ["//", "empty"],
  ["/a//b", "empty"],
  ["/a//", "empty"],
  ["/*", "neither plain text nor :param"],
  ["/**:rest", "neither plain text nor :param"],
  ["/:", "neither plain text nor :param"],
  ["/:1", "neither plain text nor :param"],
  ["/:id?", "neither plain text nor :param"],
  ["/:id(\\d+)", "neither plain text nor :param"],
  ["/a:b", "neither plain text nor :param"],
  ["/{a}", "neither plain text nor :param"],
  ["/a?b", "neither plain text nor :param"],
  ["/a#b", "neither plain text nor :param"],
  ["/a b", "neither plain text nor :param"],
  ["/café", "neither plain text nor :param"],
  ["/a\n", "neither plain text nor :param"],
  ["/a/./b", "segments"],
  ["/a/..", "segments"],
  ["/a/%2e%2E/b", "segments"],
  ["/a/.%2e", "segments"],
  ["/:a/x/:a", "twice"],
])("G2a %j is no pattern, because of: %s", (path, reason) => {
  expect(pathMistake(path)).toContain(reason)
})

test("G2a patterns that match the same paths have the same shape", () => {
  expect(pathShape("/a/:b/")).toBe(pathShape("/a/:c"))
  expect(pathShape("/")).not.toBe(pathShape("/:a"))
  expect(pathShape("/a/b")).not.toBe(pathShape("/a/:b"))
})

const segment = fc.stringMatching(/^[\w\-.~!$&'+,;=@%]{1,8}$/)
const name = fc.stringMatching(/^[A-Za-z_]\w{0,6}$/)
const pattern = fc
  .array(
    fc.oneof(
      segment,
      name.map((text) => `:${text}`),
    ),
    { maxLength: 5 },
  )
  .map((segments) => `/${segments.join("/")}`)

test("G4 every legal pattern can be routed, and leads to itself with its parameters filled in", () => {
  fc.assert(
    fc.property(
      pattern,
      fc.string({ unit: "grapheme" }).map((text) => `x${text}`),
      (path, value) => {
        fc.pre(pathMistake(path) === undefined)
        const router = new Router<string>()
        router.add(path, "here")
        const target = path.replaceAll(/:\w+/g, encodeURIComponent(value))
        const names = [...path.matchAll(/:(\w+)/g)].map(([, found]) => found as string)
        const match = router.find(target)
        expect(match?.route).toBe("here")
        expect({ ...match?.params }).toEqual(Object.fromEntries(names.map((found) => [found, value])))
      },
    ),
  )
})

test.each([
  ["/chat", "/chat", ""],
  ["/chat?", "/chat", ""],
  ["/chat?room=1?2", "/chat", "room=1?2"],
  ["/?a", "/", "a"],
  ["//host/chat", "//host/chat", ""],
  ["/%00", "/%00", ""],
])("G4 the target %s has the path %s and the query %j", (target, path, query) => {
  expect(parseTarget(target)).toEqual({ path, query })
})

test.each([
  ["http://host/chat", "host", "/chat", ""],
  ["https://host:8443/chat?room=1?2", "host:8443", "/chat", "room=1?2"],
  ["ws://host/chat", "host", "/chat", ""],
  ["WSS://HOST/chat", "HOST", "/chat", ""],
  ["http://[::1]:80/", "[::1]:80", "/", ""],
  ["http://host", "host", "/", ""],
  ["http://host?x", "host", "/", "x"],
  ["http://host//chat", "host", "//chat", ""],
])(
  "G4 the target %s in absolute form names the host %s, the path %s and the query %j",
  (target, theHost, path, query) => {
    expect(parseTarget(target)).toEqual({ path, query, host: theHost })
  },
)

test.each([
  "",
  "*",
  "chat",
  "?x",
  "host:443",
  "/chat#x",
  "/chat?x#y",
  "http://host/chat#x",
  "http:///chat",
  "http:/chat",
  "ftp://host/chat",
  "xhttp://host/chat",
  "http://user@host/chat",
  "http://user:secret@host/chat",
  "http://host\\evil/chat",
  "http://ho st/chat",
])("G5a %j is no target in origin form or absolute form", (target) => {
  expect(parseTarget(target)).toBeUndefined()
})

test("G4 a target of any form is taken apart at its first question mark, without a throw", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const [, before, after] = /^([^?]*)\??([^]*)$/.exec(text) ?? []
      expect(parseTarget(`/${text}`)).toEqual(text.includes("#") ? undefined : { path: `/${before}`, query: after })
    }),
  )
})

test.each(["%", "%zz", "%c3", "%ff", "%C0%AF", "%ED%A0%80", "a%00b", "%2e", ".", "..", "%2E.", "%2e%2e"])(
  "G5a the parameter %s cannot be decoded",
  (value) => {
    expect(decodeParams({ id: value })).toBeUndefined()
  },
)

test.each([
  ["caf%C3%A9", "café"],
  ["a%2Fb", "a/b"],
  ["%2525", "%25"],
  ["a+b", "a+b"],
  ["...", "..."],
  ["%F0%9F%98%80", "😀"],
])("G4 the parameter %s is decoded, once, to %s", (raw, value) => {
  expect(decodeParams({ id: raw })?.["id"]).toBe(value)
})

test("G4 parameters have no prototype, so that any name is just a name", () => {
  const params = decodeParams(JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>)
  expect(Object.getPrototypeOf(params)).toBeNull()
  expect(params?.["__proto__"]).toBe("x")
  expect(params?.["toString"]).toBeUndefined()
})
