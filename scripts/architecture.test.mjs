import { describe, expect, test } from "vitest"
import { parts as realParts } from "./architecture.data.mjs"
import { checkEntries, checkOutsiders, checkSizes, checkSources, drawGraph } from "./lib/architecture-rules.mjs"

const parts = [
  { name: "entry", files: ["index.ts"], may: "anything", entry: true },
  { name: "errors", files: ["errors.ts"], may: [] },
  { name: "port", files: ["adapter/*.ts"], may: ["errors"] },
  { name: "adapter/node", files: ["adapter/node/**"], may: ["port"], npm: ["ws"], node: true },
  { name: "adapter/memory", files: ["adapter/memory/**"], may: ["port"] },
  { name: "app", files: ["app/**"], may: ["port", "errors"] },
]

const problemsOf = (tree) => checkSources(new Map(Object.entries(tree)), parts).problems

describe("the architecture checker", () => {
  test("has nothing to say about a tree that keeps to the rules", () => {
    const problems = problemsOf({
      "index.ts": `export { App } from "./app/app.ts"`,
      "errors.ts": `export class Oops extends Error {}`,
      "adapter/port.ts": `import type { Oops } from "../errors.ts"\nexport type Failure = Oops`,
      "adapter/node/server.ts": `import { createServer } from "node:http"\nimport "ws"\nimport type { Failure } from "../port.ts"`,
      "app/app.ts": `import { part } from "./part.ts"\nimport type { Failure } from "../adapter/port.ts"`,
      "app/part.ts": `export const part = 1`,
      "app/app.test.ts": `import "../adapter/node/server.ts"`,
    })
    expect(problems).toEqual([])
  })

  test.each([
    ["a static import", `import { x } from "../app/x.ts"`],
    ["a type import", `import type { X } from "../app/x.ts"`],
    ["a re-export", `export { x } from "../app/x.ts"`],
    ["a re-export of everything", `export * from "../app/x.ts"`],
    ["a dynamic import", `const x = await import("../app/x.ts")`],
    ["an import inside a type", `type X = import("../app/x.ts").X`],
  ])("rejects an edge that is not allowed, as %s", (_form, text) => {
    const problems = problemsOf({ "adapter/port.ts": text, "app/x.ts": `export const x = 1` })
    expect(problems).toEqual(["adapter/port.ts:1 port may not import app (app/x.ts)"])
  })

  test("rejects a circle of files, types included", () => {
    const problems = problemsOf({
      "app/a.ts": `import type { B } from "./b.ts"\nexport type A = B`,
      "app/b.ts": `import type { C } from "./c.ts"\nexport type B = C`,
      "app/c.ts": `import type { A } from "./a.ts"\nexport type C = A`,
    })
    expect(problems).toEqual(["these files import each other in a circle: app/a.ts, app/b.ts, app/c.ts"])
  })

  test("rejects an implementation that imports another one", () => {
    const problems = problemsOf({
      "adapter/memory/wire.ts": `import "../node/server.ts"`,
      "adapter/node/server.ts": ``,
    })
    expect(problems).toEqual([
      "adapter/memory/wire.ts:1 adapter/memory may not import adapter/node/server.ts: implementations never import each other",
    ])
  })

  test.each([
    [
      "Node",
      `import { createHash } from "node:crypto"`,
      "app may not import node:crypto: only implementations know Node",
    ],
    ["a package", `import { WebSocket } from "ws/lib/x.js"`, "app may not import the package ws"],
    ["the package itself", `import { App } from "toni"`, "app may not import the package toni"],
    ["a file that is not there", `import "./gone.ts"`, "imports ./gone.ts, which is no file"],
    ["a test", `import "./app.test.ts"`, "imports the test app/app.test.ts"],
    ["a computed name", `await import(name)`, "imports something that is not a plain string"],
  ])("rejects an import of %s in the core", (_what, text, problem) => {
    expect(problemsOf({ "app/app.ts": text })).toEqual([`app/app.ts:1 ${problem}`])
  })

  test("rejects an entry file that does more than name things", () => {
    const problems = problemsOf({ "index.ts": `export * from "./errors.ts"\nexport const x = 1`, "errors.ts": "" })
    expect(problems).toEqual([
      "index.ts:1 an entry file only re-exports names from elsewhere",
      "index.ts:2 an entry file only re-exports names from elsewhere",
    ])
  })

  test("rejects a file that belongs to no part", () => {
    expect(problemsOf({ "utils/things.ts": "" })).toEqual([
      "utils/things.ts belongs to no part: move it, or add a part to scripts/architecture.data.mjs",
    ])
  })

  test("rejects an empty tree, in which it would find nothing", () => {
    expect(problemsOf({})).toEqual(["No source file was found: nothing was checked."])
  })

  test("rejects examples and tests that reach into the package", () => {
    const problems = checkOutsiders([
      ["examples/chat/src/main.ts", `import { App } from "../../../packages/toni/src/app/app.ts"`],
      ["e2e/a.test.ts", `import "toni/dist/index.js"\nimport "toni/node"`],
    ])
    expect(problems).toEqual([
      "examples/chat/src/main.ts:1 imports ../../../packages/toni/src/app/app.ts: import the package by name",
      "e2e/a.test.ts:1 imports toni/dist/index.js: import the package by name",
    ])
  })

  test("compares the entry files with what package.json exports", () => {
    const exports = {
      "./node": { types: "./dist/node.d.ts", default: "./dist/node.js" },
      "./package.json": "./package.json",
    }
    expect(checkEntries(["index.ts"], parts, exports)).toEqual([
      "package.json exports node.ts: no such file",
      "index.ts is an entry file, but package.json does not export it",
    ])
  })

  test("wants a reason for a long file, and no reason for a short one", () => {
    const sources = new Map([["app/long.ts", "x\n".repeat(401)]])
    const budget = { median: 1000, secondLook: 250, reasonNeeded: 400 }
    const without = checkSizes(sources, budget, {}).problems
    const withReason = checkSizes(sources, budget, { "app/long.ts": "a table", "app/short.ts": "was long" }).problems
    expect([without, withReason]).toEqual([
      ["app/long.ts has 401 lines: above 400, give a reason in scripts/architecture.data.mjs"],
      ["app/short.ts needs no reason for its length any more"],
    ])
  })

  test("draws the edges that it found, without those that every part has", () => {
    const edges = new Map([
      ["entry", new Set(["app"])],
      ["app", new Set(["errors", "adapter/node"])],
    ])
    expect(drawGraph(edges, { from: ["entry"], to: ["errors"] })).toBe(
      '```mermaid\nflowchart BT\n  app --> adapter_node["adapter/node"]\n```',
    )
  })
})

test("every part names only parts that exist", () => {
  const names = realParts.map(({ name }) => name)
  const unknown = realParts
    .flatMap(({ may }) => (may === "anything" ? [] : may))
    .filter((name) => !names.includes(name))
  expect(unknown).toEqual([])
})
