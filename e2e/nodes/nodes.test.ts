import { execFile } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { appliesTo, scenarios } from "toni/conformance"
import { MemoryWebSocketAdapter } from "toni/testing"
import { NodeWebSocketAdapter } from "toni/node"
import { WsWebSocketAdapter } from "toni/ws"
import { afterAll, beforeAll, expect, test } from "vitest"

const here = fileURLToPath(new URL(".", import.meta.url))
const root = join(here, "../..")
/** A folder in which somebody has installed the package as npm would publish it. */
const folder = mkdtempSync(join(tmpdir(), "toni-nodes-"))

beforeAll(async () => {
  const packing = ["pack", "--silent", "--pack-destination", folder, "--workspace", "toni"]
  const script = process.env["npm_execpath"]
  const pack = await (script === undefined
    ? runProgram("npm", packing, root)
    : runProgram(process.execPath, [script, ...packing], root))
  const tarball = readdirSync(folder).find((file) => file.endsWith(".tgz"))
  if (tarball === undefined) throw new Error(`npm pack failed: ${pack.output}`)
  const installed = join(folder, "node_modules")
  mkdirSync(join(installed, "toni"), { recursive: true })
  const unpack = await runProgram("tar", ["-xzf", tarball, "-C", "node_modules/toni", "--strip-components=1"], folder)
  if (unpack.code !== 0) throw new Error(`${tarball} could not be unpacked: ${unpack.output}`)
  for (const name of ["cookie-es", "ipaddr.js", "rou3", "ws"]) {
    symlinkSync(join(root, "node_modules", name), join(installed, name), "junction")
  }
  for (const script of ["suite.mjs", "own-adapter.mjs"]) cpSync(join(here, script), join(folder, script))
  for (const name of ["cert", "key"]) {
    cpSync(join(here, `../servers/fixtures/localhost.${name}.pem`), join(folder, `localhost.${name}.pem`))
  }
})

afterAll(() => rmSync(folder, { recursive: true }))

const versions = [20, 22, 24, 26]
/** Milliseconds, for machines that have other things to do as well. */
const patience = 300_000

test.concurrent.for(versions)(
  "the built package meets the suite on Node %i.x",
  { timeout: patience },
  async (major, { expect, skip }) => {
    const { code, output } = await runProgram(nodeOf(major) ?? skip(`needs Node ${major}`), ["suite.mjs"], folder)
    expect(output.split("\n").filter((line) => line.startsWith("failed"))).toEqual([])
    expect(JSON.parse(output.trim().split("\n").at(-1) ?? "")).toEqual({
      node: expect.stringMatching(new RegExp(`^${major}\\.`)),
      scenarios: scenarios.length,
      met: {
        memory: applicable(new MemoryWebSocketAdapter()),
        node: applicable(new NodeWebSocketAdapter()),
        "node without sharing": applicable(new NodeWebSocketAdapter()),
        "node over TLS": scenarios.filter(({ rules }) => rules.includes("G15c")).length,
        ws: applicable(new WsWebSocketAdapter()),
      },
    })
    expect(code).toBe(0)
  },
)

test.concurrent.for(versions)(
  "somebody's own adapter meets the suite under node:test on Node %i.x",
  { timeout: patience },
  async (major, { expect, skip }) => {
    const node = nodeOf(major) ?? skip(`needs Node ${major}`)
    const { code, output } = await runProgram(node, ["--test-reporter=tap", "own-adapter.mjs"], folder)
    expect(output.match(/^not ok .*/gm) ?? []).toEqual([])
    expect(/^# pass (\d+)$/m.exec(output)?.[1]).toBe(String(applicable(new MemoryWebSocketAdapter())))
    expect(code).toBe(0)
  },
)

test("the suite has scenarios, some of which only an adapter that speaks frames can meet", () => {
  const all = scenarios.length
  const inMemory = applicable(new MemoryWebSocketAdapter())
  expect([inMemory > 0, all > inMemory]).toEqual([true, true])
})

function nodeOf(major: number): string | undefined {
  return process.env[`TONI_NODE_${major}`] || undefined
}

function applicable({ supports }: Pick<WsWebSocketAdapter, "supports">): number {
  return scenarios.filter((scenario) => appliesTo(scenario, supports)).length
}

/** Runs a program to its end, with its output and error output together. */
function runProgram(path: string, args: readonly string[], cwd: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      path,
      args,
      { cwd, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, NODE_OPTIONS: "" } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : 1, output: `${stderr}${stdout}` }),
    )
  })
}
