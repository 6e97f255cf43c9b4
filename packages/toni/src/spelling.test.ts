import { expect, test } from "vitest"
import { closestOf, differsByCase, isClose } from "./spelling.ts"

test.each([
  ["onMesage", "a letter too few"],
  ["onMesssage", "a letter too many"],
  ["onMassage", "another letter"],
  ["onMessgae", "two that changed places"],
  ["onmessage", "another case"],
  ["OnMesage", "another case and a letter too few"],
  ["nMessage", "the first letter missing"],
  ["onMessages", "one more at the end"],
  ["onMessage", "nothing at all"],
])("%s is close to onMessage: %s", (name) => {
  expect(isClose(name, "onMessage") && isClose("onMessage", name)).toBe(true)
})

test.each(["onMssge", "onMessageIn", "message", "onConnect", "onMasaage", "", "noMessgae"])(
  "%j is not close to onMessage",
  (name) => {
    expect(isClose(name, "onMessage") || isClose("onMessage", name)).toBe(false)
  },
)

test("names that differ by case alone are not the same name", () => {
  expect([differsByCase("Path", "path"), differsByCase("path", "path"), differsByCase("paths", "path")]).toEqual([
    true,
    false,
    false,
  ])
})

test("a name that is close to one of several is taken for that one", () => {
  expect(closestOf("useValeu", ["useClass", "useValue"])).toBe("useValue")
  expect(closestOf("gateways", ["providers", "exports"])).toBeUndefined()
})
