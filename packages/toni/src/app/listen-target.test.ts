import { expect, test } from "vitest"
import { listenError, listenTarget } from "./listen-target.ts"

const bad = (message: RegExp, fix: RegExp): unknown =>
  expect.objectContaining({
    code: "TONI_BAD_ARGUMENT",
    message: expect.stringMatching(message),
    fix: expect.stringMatching(fix),
  })

test.each<[unknown, unknown, object]>([
  [3000, undefined, { port: 3000 }],
  [0, "::1", { port: 0, host: "::1" }],
  [{ port: 3000, host: "127.0.0.1", reusePort: true }, undefined, { port: 3000, host: "127.0.0.1", reusePort: true }],
  [{ path: "/run/my.sock" }, undefined, { path: "/run/my.sock" }],
])("G3b listen(%j, %j) is taken", (where, host, target) => {
  expect(listenTarget(where, host)).toEqual(target)
})

test.each<[unknown, unknown, RegExp, RegExp]>([
  ["3000", undefined, /got "3000"/, /Number\(process\.env\.PORT \?\? 3000\)/],
  [undefined, undefined, /got undefined/, /listen\(3000\)/],
  [null, undefined, /got null/, /number/],
  [Number.NaN, undefined, /got NaN/, /process\.env\.PORT \?\? 3000/],
  [65_536, undefined, /got 65536/, /range/],
  [1.5, undefined, /got 1.5/, /range/],
  [{ port: "3000" }, undefined, /got "3000"/, /Number\(process\.env\.PORT \?\? 3000\)/],
  [3000, () => undefined, /no callback/, /await app\.listen\(3000\)/],
  [{}, undefined, /got undefined/, /listen\(\{ path \}\)/],
  [3000, 5, /host .* got 5/, /"127\.0\.0\.1"/],
  [3000, "", /host .* got ""/, /leave it away/],
  [{ port: 3000 }, "127.0.0.1", /options alone/, /\{ port, host \}/],
  [{ port: 3000, hots: "::" }, undefined, /no option "hots"/, /port, host, path, reusePort/],
  [{ port: 3000, reusePort: 1 }, undefined, /reusePort .* got 1/, /true/],
  [{ path: "" }, undefined, /got ""/, /\{ path: /],
  [{ path: "/a", port: 1 }, undefined, /a path alone/, /\{ path \}/],
  [{ path: "/a", host: "::" }, undefined, /a path alone/, /\{ path \}/],
])("G3b listen(%j, %j) is refused with what to write", (where, host, message, fix) => {
  expect(() => listenTarget(where, host)).toThrow(bad(message, fix))
})

test("G3b options of listen() that throw when they are read are refused, with the cause", () => {
  const cause = new Error("not to be read")
  const options = Object.defineProperty({}, "port", {
    enumerable: true,
    get() {
      throw cause
    },
  })
  expect(() => listenTarget(options, undefined)).toThrow(
    expect.objectContaining({ code: "TONI_BAD_ARGUMENT", cause, fix: expect.stringMatching(/plain object/) }),
  )
})

test.each<[string, object, RegExp]>([
  ["EADDRINUSE", { port: 1 }, /another port/],
  ["EACCES", { port: 80 }, /1024/],
  ["ENOTFOUND", { port: 1, host: "nowhere" }, /leads to no address/],
  ["EADDRNOTAVAIL", { port: 1, host: "8.8.8.8" }, /no address of this machine/],
  ["EADDRINUSE", { path: "/a" }, /Delete the file/],
  ["EACCES", { path: "/a" }, /may write/],
  ["ENOENT", { path: "/a/b" }, /folder/],
  ["EWHAT", { port: 1 }, /cause/],
])("G3b a listen that fails with %s, %j, has the fix of its case", (code, target, fix) => {
  const cause = Object.assign(new Error(`${code} it is`), { code })
  expect(listenError(cause, target)).toMatchObject({ code: "TONI_LISTEN", cause, fix: expect.stringMatching(fix) })
})
