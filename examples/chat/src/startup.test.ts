import { expect, test } from "vitest"
import { readPort } from "./startup.ts"

test.for([
  [undefined, 3000],
  ["", 3000],
  ["0", 0],
  ["8080", 8080],
  [" 8080 ", 8080],
  ["65535", 65_535],
  ["65536", undefined],
  ["-1", undefined],
  ["80.5", undefined],
  ["0x50", undefined],
  ["http", undefined],
] as const)("PORT=%s means port %s", ([input, port]) => {
  expect(readPort(input)).toBe(port)
})
