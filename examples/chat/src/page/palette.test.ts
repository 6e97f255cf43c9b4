import { expect, test } from "vitest"
import { Palette } from "./palette.ts"

test("the first eight people have eight different colours, and keep them", () => {
  const palette = new Palette()
  const people = ["a", "b", "c", "d", "e", "f", "g", "h"]

  const first = people.map((id) => palette.hueOf(id))

  expect(new Set(first).size).toBe(8)
  expect(people.map((id) => palette.hueOf(id))).toEqual(first)
})
