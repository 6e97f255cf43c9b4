import { expect, test } from "vitest"
import { effectiveOptions } from "../gateway/effective-options.ts"
import { hookAbandoned, hookTooLate } from "./hook-timeouts.ts"

const options = effectiveOptions({ connectTimeout: 3_000, settleTimeout: 7_000 })

test("G11b an onConnect that takes too long is told by the option that says so, and its value", () => {
  expect(hookTooLate(options)).toMatchObject({
    code: "TONI_HOOK_TIMEOUT",
    message: expect.stringContaining("within connectTimeout (3000 ms)"),
  })
})

test.each([
  ["connect", 1, 0, "onConnect was still running when connectTimeout (3000 ms) had passed."],
  ["message", 1, 0, "onMessage was still running when settleTimeout (7000 ms) had passed."],
  ["message", 2, 0, "2 calls of onMessage were still running when settleTimeout (7000 ms) had passed."],
  ["message", 1, 1, "had passed; 1 message that waited behind it will not be handled."],
  ["message", 1, 2, "had passed; 2 messages that waited behind it will not be handled."],
  ["disconnect", 1, 0, "onDisconnect was still running when settleTimeout (7000 ms) had passed."],
] as const)("G13c what is said of %s, %i running and %i waiting behind, names them", (stage, hooks, dropped, said) => {
  expect(hookAbandoned(stage, hooks, dropped, false, options)).toMatchObject({
    code: "TONI_HOOK_TIMEOUT",
    message: expect.stringContaining(said),
    fix: expect.stringContaining(stage === "connect" ? "raise connectTimeout" : "raise settleTimeout"),
  })
})

test("G21a who is given up because the drain has no more time is told by the timeout of close()", () => {
  expect(hookAbandoned("connect", 1, 0, true, options)).toMatchObject({
    message: expect.stringContaining("when the timeout of close() had passed."),
    fix: expect.stringContaining("raise the timeout of close()"),
  })
})
