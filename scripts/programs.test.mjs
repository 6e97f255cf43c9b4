import { execPath } from "node:process"
import { basename, dirname } from "node:path"
import { expect, test } from "vitest"
import { findProgram } from "./programs.mjs"

const node = { variable: "TONI_NODE", commands: ["no-such-command", basename(execPath)], places: [] }
const PATH = dirname(execPath)

test("a program is found in PATH", () => {
  expect(findProgram(node, { PATH })).toBe(execPath)
})

test("a program that is nowhere is not found", () => {
  expect(findProgram(node, { PATH: "" })).toBeUndefined()
})

test("a program is found in its usual place when PATH does not have it", () => {
  expect(findProgram({ ...node, places: ["/no/such/place", execPath] }, { PATH: "" })).toBe(execPath)
})

test("a variable that is set decides alone, even when it leads nowhere", () => {
  expect(findProgram(node, { PATH, TONI_NODE: "/no/such/place" })).toBeUndefined()
})
