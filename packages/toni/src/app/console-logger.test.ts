import { afterEach, expect, test, vi } from "vitest"
import { consoleLogger } from "./console-logger.ts"

afterEach(() => void vi.restoreAllMocks())

test("a line says when, how serious, what, and then the fields", () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined)
  consoleLogger(() => Date.UTC(2026, 0, 1, 12, 30, 5, 7), console).info(
    { url: "http://x", gateways: "/a /b" },
    "Listening",
  )
  expect(log).toHaveBeenCalledExactlyOnceWith('12:30:05.007 info  Listening url=http://x gateways="/a /b"')
})

test.each([
  ["debug", "debug", "debug"],
  ["info", "log", "info "],
  ["warn", "warn", "warn "],
  ["error", "error", "error"],
] as const)("a line of the level %s goes to console.%s and names its level", (level, method, name) => {
  const print = vi.spyOn(console, method).mockImplementation(() => undefined)
  consoleLogger(() => 0, console)[level]({}, "Hello")
  expect(print).toHaveBeenCalledExactlyOnceWith(`00:00:00.000 ${name} Hello`)
})

test("an error goes to the error output, with its stack", () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined)
  const thrown = new Error("no")
  consoleLogger(() => 0, console).error({ gateway: "Chat", err: thrown }, "onMessage failed")
  expect(error).toHaveBeenCalledExactlyOnceWith("00:00:00.000 error onMessage failed gateway=Chat", thrown)
})
