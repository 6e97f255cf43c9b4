import { expect, test } from "vitest"
import { headerView } from "./header-view.ts"

const headers = headerView(["Host", "a", "X-Forwarded-For", "1.1.1.1", "x-forwarded-for", "2.2.2.2", "Empty", ""])

test("names are found in any case", () => {
  expect([headers.get("HOST"), headers.get("host"), headers.has("hOST")]).toEqual(["a", "a", true])
})

test("repeated headers are joined in order, and can be had one by one", () => {
  expect(headers.get("x-forwarded-for")).toBe("1.1.1.1, 2.2.2.2")
  expect(headers.getAll("X-Forwarded-For")).toEqual(["1.1.1.1", "2.2.2.2"])
})

test("repeated cookies are joined as cookies are (RFC 6265 section 5.4)", () => {
  expect(headerView(["Cookie", "a=1", "cookie", "b=2"]).get("Cookie")).toBe("a=1; b=2")
})

test("repeated cookies are listed as they are read one by one", () => {
  const cookies = headerView(["Cookie", "a=1", "X", "x", "cookie", "b=2"])
  expect([...cookies]).toEqual([
    ["cookie", "a=1; b=2"],
    ["x", "x"],
  ])
  expect(cookies.get("cookie")).toBe("a=1; b=2")
})

test("an empty header is there; one that did not come is null", () => {
  expect([headers.get("empty"), headers.has("empty"), headers.getAll("empty")]).toEqual(["", true, [""]])
  expect([headers.get("origin"), headers.has("origin"), headers.getAll("origin")]).toEqual([null, false, []])
})

test("they are listed in lower case, each name once", () => {
  const all = [
    ["host", "a"],
    ["x-forwarded-for", "1.1.1.1, 2.2.2.2"],
    ["empty", ""],
  ]
  expect([...headers]).toEqual(all)
  expect([...headers.entries()]).toEqual(all)
})

test.each(["__proto__", "constructor", "toString"])("%s is a name like any other", (name) => {
  expect(headers.get(name)).toBeNull()
  expect(headerView([name, "x"]).get(name)).toBe("x")
})

test("any header may be missing after truncation: a name without a value is none", () => {
  expect([...headerView(["Host"])]).toEqual([])
})

test("thousands of headers of one name are joined in linear time", () => {
  const view = headerView(Array.from({ length: 20_000 }, (_, index) => (index % 2 === 0 ? "a" : String(index))))
  expect(view.getAll("a")).toHaveLength(10_000)
})
