import fc from "fast-check"
import { expect, test } from "vitest"
import { checkOrigins, foreignOrigin, isAllowedOrigin } from "./origin.ts"
import { anyText } from "./test/any-text.ts"

const host = "example.com"

test.each([
  ["https://example.com", "example.com"],
  ["http://example.com", "example.com"],
  ["https://example.com", "EXAMPLE.com"],
  ["https://example.com", "example.com:443"],
  ["http://example.com", "example.com:80"],
  ["https://example.com:8443", "example.com:8443"],
  ["http://localhost:3000", "localhost:3000"],
  ["http://[::1]:3000", "[::1]:3000"],
  ["http://127.0.0.1:3000", "127.0.0.1:3000"],
  ["https://xn--mller-kva.de", "xn--mller-kva.de"],
])("G8b a page of %s and the host %s are the same, whatever the scheme", (origin, theHost) => {
  expect(isAllowedOrigin("same-origin", origin, theHost)).toBe(true)
})

test.each([
  ["http://example.com:8080", "example.com:3000"],
  ["http://example.com:8080", "example.com"],
  ["http://example.com", "example.com:3000"],
  ["http://example.com:80800", "example.com:8080"],
])("G8b the same host on another port is foreign: %s and %s", (origin, theHost) => {
  expect(isAllowedOrigin("same-origin", origin, theHost)).toBe(false)
})

const attacks: readonly (readonly [string, string])[] = [
  ["null", "a sandboxed page"],
  ["", "an empty header"],
  ["https://example.com.evil.com", "our name as a prefix"],
  ["https://evil-example.com", "our name as a suffix"],
  ["https://evilexample.com", "our name as a suffix"],
  ["https://sub.example.com", "a subdomain"],
  ["https://example.comx", "a longer top-level domain"],
  ["https://examplexcom", "a dot taken for any character"],
  ["https://example.com.", "a trailing dot"],
  ["https://evil.com/example.com", "our name in the path"],
  ["https://example.com/", "a slash behind it"],
  ["https://example.com/x", "a path"],
  ["https://evil.com?example.com", "our name in the query"],
  ["https://evil.com#example.com", "our name in the fragment"],
  ["https://example.com@evil.com", "our name as the user"],
  ["https://evil.com@example.com", "a user in front"],
  ["https://user:pw@example.com", "a user and password"],
  ["https://evil.com\\@example.com", "a backslash"],
  ["https://example.com\\.evil.com", "a backslash behind it"],
  ["https://example.com evil.com", "a space"],
  ["https://example.com\t", "a tab"],
  ["https://example.com\0", "a NUL"],
  ["https://evil.com, https://example.com", "two origins"],
  ["https://example.com,https://evil.com", "two origins without a space"],
  ["https://example.com:", "an empty port"],
  ["https://example.com:99999", "an impossible port"],
  ["https:example.com", "no slashes"],
  ["https:/example.com", "one slash"],
  ["https:///example.com", "three slashes"],
  ["//example.com", "no scheme"],
  ["example.com", "a bare host"],
  ["https://", "no host"],
  ["https://ex%61mple.com", "an encoded letter"],
  ["https://ｅxample.com", "a full-width letter"],
  ["https://exаmple.com", "a Cyrillic letter"],
  ["https://example。com", "an ideographic full stop"],
  ["https://ex\u00adample.com", "a soft hyphen"],
  ["https://*", "a wildcard"],
  ["*", "a bare wildcard"],
  ["file://", "a file"],
  ["data:text/html,x", "a data URL"],
]

test.each(attacks)("G8a %j is foreign to the host example.com: %s", (origin) => {
  expect(isAllowedOrigin("same-origin", origin, host)).toBe(false)
})

test.each(attacks)("G8a %j is not on the list [https://example.com]: %s", (origin) => {
  expect(isAllowedOrigin(["https://example.com"], origin, host)).toBe(false)
})

test.each([
  ["http://example.com", "another scheme"],
  ["https://example.com:8443", "another port"],
  ["https://www.example.com", "another host"],
])("G8a a list compares the whole origin; %s has %s", (origin) => {
  expect(isAllowedOrigin(["https://example.com"], origin, host)).toBe(false)
})

test("G8a a list holds whichever of its origins it is, written in any case, with or without the default port", () => {
  const list = ["http://localhost:5173", "HTTPS://Example.com:443", "https://müller.de", "chrome-extension://abc"]
  const origins = ["http://localhost:5173", "https://example.com", "https://xn--mller-kva.de", "chrome-extension://abc"]
  expect(origins.filter((origin) => isAllowedOrigin(list, origin, "other"))).toEqual(origins)
})

test("G8a a list replaces the rule of the same host; an empty one lets no browser in", () => {
  expect(isAllowedOrigin(["https://a.com"], "https://example.com", host)).toBe(false)
  expect(isAllowedOrigin([], "https://example.com", host)).toBe(false)
})

test('G8a "any" is any, null too', () => {
  expect(isAllowedOrigin("any", "null", host) && isAllowedOrigin("any", "https://evil.com", host)).toBe(true)
})

test("G8a a function is asked with the origin and the host, and only true lets in", () => {
  const asked: unknown[] = []
  const policy = (...args: unknown[]): boolean => asked.push(args) > 0
  expect(isAllowedOrigin(policy, "https://example.com:443", "h:1")).toBe(true)
  expect(asked).toEqual([["https://example.com", "h:1"]])
  for (const answer of [1, "yes", {}, undefined]) {
    expect(isAllowedOrigin(() => answer as never, "https://example.com", host)).toBe(false)
  }
})

test("G8a a function is never asked about what is no origin", () => {
  const asked: string[] = []
  const policy = (origin: string) => asked.push(origin) > 0
  const refused = ["", "*", "https://", "https://example.com/", "https://ex%61mple.com", "data:text/html,x", "NULL"]
  expect(refused.filter((origin) => isAllowedOrigin(policy, origin, host))).toEqual([])
  expect(asked).toEqual([])
})

test("G8a a function is asked about pages without an origin of their own, and may let them in", () => {
  const asked: string[] = []
  const policy = (origin: string) => asked.push(origin) > 1
  const origins = ["null", "file://", "capacitor://localhost"]
  expect(origins.map((origin) => isAllowedOrigin(policy, origin, host))).toEqual([false, true, true])
  expect(asked).toEqual(origins)
})

test.each(["null", "file://"])("G8a %s is foreign unless a list names it", (origin) => {
  expect(isAllowedOrigin("same-origin", origin, host)).toBe(false)
  expect(isAllowedOrigin(["https://example.com"], origin, host)).toBe(false)
  expect(isAllowedOrigin(["https://example.com", origin], origin, host)).toBe(true)
})

test.each(["capacitor", "app", "chrome-extension", "ws", "ftp"])(
  "G8b a page of %s:// is not of the web, and so of no server",
  (scheme) => {
    expect(isAllowedOrigin("same-origin", `${scheme}://localhost`, "localhost")).toBe(false)
    expect(isAllowedOrigin([`${scheme}://localhost`], `${scheme}://localhost`, "localhost")).toBe(true)
  },
)

test("G8a a function that answers a promise admits nobody, says why, and what it rejects with gets no further", () => {
  const policy = () => Promise.reject(new Error("the database is gone")) as never
  expect(() => isAllowedOrigin(policy, "https://example.com", host)).toThrow(
    expect.objectContaining({ code: "TONI_BAD_OPTION", fix: expect.stringContaining("onHandshake") }),
  )
})

test("G8b without a host no page is the same", () => {
  expect(isAllowedOrigin("same-origin", "https://example.com", "")).toBe(false)
})

test("G8a no string makes it throw, and only one that spells the host's name is the same", () => {
  const soup = fc.array(
    fc.constantFrom(
      "https://",
      "example.com",
      "@",
      ":",
      "443",
      "/",
      "\\",
      "?",
      "#",
      ".",
      "[",
      "]",
      "%",
      "\0",
      "null",
      "é",
      "。",
      " ",
    ),
    { maxLength: 6 },
  )
  fc.assert(
    fc.property(
      fc.oneof(
        anyText,
        soup.map((parts) => parts.join("")),
      ),
      (origin) => {
        const same = isAllowedOrigin("same-origin", origin, host)
        expect(same).toBe(/^https?:\/\/example\.com(?::443)?$/i.test(origin))
        isAllowedOrigin(["https://example.com"], origin, host)
      },
    ),
    { numRuns: 2_000 },
  )
})

test.each([
  ["same-origin"],
  ["any"],
  [[]],
  [["https://example.com"]],
  [["http://localhost:3000", "https://b.org"]],
  [["null", "file://", "capacitor://localhost"]],
  [() => true],
])("G8a %j is a policy", (value) => {
  expect(checkOrigins(value)).toBeUndefined()
})

test.each([
  ["*"],
  ["https://example.com"],
  [true],
  [null],
  [{}],
  [["*"]],
  [["NULL"]],
  [["file:///"]],
  [["example.com"]],
  [["https://example.com/"]],
  [["https://example.com/chat"]],
  [["https://*.example.com"]],
  [["https://user@example.com"]],
  [["https://a.com", 1]],
])("G8a %j is refused at startup, because it would silently match nothing or too much", (value) => {
  expect(checkOrigins(value)?.what).toContain("same-origin")
})

test.each<[unknown, string]>([
  ["https://example.com", 'origins: ["https://example.com"]'],
  [["https://example.com/chat"], '"https://example.com"'],
  [["example.com"], '"https://example.com"'],
  [["localhost:5173"], '"https://localhost:5173"'],
  [["https://*.example.com"], "no wildcards"],
  [[5], "strings"],
  [true, "list"],
  [async () => Promise.resolve(true), "onHandshake"],
])("G20a origins: %j is refused with the fix for it", (value, fix) => {
  expect(checkOrigins(value)?.fix).toContain(fix)
})

test("G8b what is said of a foreign origin ends with the setting that lets it in, where one does", () => {
  const page = "http://localhost:5173"
  expect(foreignOrigin("same-origin", page, "127.0.0.1:3000")).toMatch(/origins: \["http:\/\/localhost:5173"\]$/)
  expect(foreignOrigin(["https://a.com"], page, host)).toMatch(
    /origins: \["https:\/\/a.com", "http:\/\/localhost:5173"\]$/,
  )
  expect(foreignOrigin(() => false, page, host)).toContain("function")
  expect(foreignOrigin("same-origin", "https://ex%61mple.com", host)).not.toContain("write origins")
  expect(foreignOrigin("same-origin", `https://${"a".repeat(9_000)}`, "b".repeat(9_000)).length).toBeLessThan(500)
})
