import { expect, test } from "vitest"
import { readHeader } from "./raw-headers.ts"

const raw = ["Host", "a", "UPGRADE", "h2c", "Empty", "", "upgrade", "websocket", "Origin"]

test("a header is found however its name is written, and repeated ones are joined in order", () => {
  expect(readHeader(raw, "upgrade")).toBe("h2c, websocket")
})

test("an empty header is there; one that did not come, or has no value, is not", () => {
  expect([readHeader(raw, "empty"), readHeader(raw, "hosts"), readHeader(raw, "origin")]).toEqual([
    "",
    undefined,
    undefined,
  ])
})
