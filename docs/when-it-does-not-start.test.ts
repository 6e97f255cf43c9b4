import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { readPage } from "./page.ts"

const page = readPage("when-it-does-not-start.md")

/** Runs a program to its end, and answers what it printed on stderr. */
async function failure(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] })
  let output = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text))
  const [code] = (await once(child, "close")) as [number]
  expect(code).not.toBe(0)
  return output
}

const snippet = (name: string) =>
  failure(fileURLToPath(new URL(`dist/when-it-does-not-start/${name}.js`, import.meta.url)))

test("files of modules that import each other fail in JavaScript itself, as the heading says", async () => {
  const [, heading] = /^## `(ReferenceError: .*)`$/m.exec(page) ?? []
  expect(await snippet("cycle/main")).toContain(heading)
})

test.each([
  ["lazy/main", "UsersModule imports itself"],
  ["near-miss", "nobody calls its onHandShake"],
])("%s prints the problem of the page", async (name, part) => {
  const printed = await snippet(name)
  const [block = ""] = [...page.matchAll(/```text\n(1\. [\s\S]*?)\n```/g)]
    .map(([, text]) => text)
    .filter((text) => text?.includes(part))
  expect(block).not.toBe("")
  expect(printed).toContain(block)
})

test.each(["no-adapter", "taken", "host"])("%s prints the error of the page, but for the port", async (name) => {
  const [error = ""] = /^ToniError: .*$/m.exec(await snippet(name)) ?? []
  // Without a network it is another code for the same.
  const line = error
    .replace("EAI_AGAIN", "ENOTFOUND")
    .replace(/port \d+/, "port 3000")
    .replace(/(127\.0\.0\.1):\d+/, "$1:3000")
  expect(page).toContain(`\`\`\`text\n${line}\n\`\`\``)
})

test("a decorator that nobody compiled is a SyntaxError at its @, and require() finds the package", async () => {
  const folder = mkdtempSync(join(tmpdir(), "toni-"))
  try {
    symlinkSync(fileURLToPath(new URL("../node_modules", import.meta.url)), join(folder, "node_modules"))
    writeFileSync(join(folder, "decorated.mjs"), "@Module({})\nclass M {}\n")
    const printed = await failure(join(folder, "decorated.mjs"))
    expect([
      printed.includes("SyntaxError: Invalid or unexpected token"),
      page.includes("`SyntaxError: Invalid or unexpected token`, at an `@`"),
    ]).toEqual([true, true])
    writeFileSync(
      join(folder, "required.cjs"),
      'const { WsMessage } = require("toni")\nthrow new Error(typeof WsMessage.text)\n',
    )
    expect(await failure(join(folder, "required.cjs"))).toContain("Error: function")
  } finally {
    rmSync(folder, { recursive: true })
  }
})
