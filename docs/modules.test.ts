import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Hub, ToniFactory } from "toni"
import { NodeHttpAdapter } from "toni/node"
import { expect, onTestFinished, test } from "vitest"
import { createViteServer, version } from "vitest/node"
import { readPage, tableUnder } from "./page.ts"
import { connect } from "./peer.ts"
import { BrokenModule } from "./snippets/modules/broken.module.ts"
import { Address, Greeter, ProvidersModule, Welcome } from "./snippets/modules/providers.ts"
import { printed } from "./printed.ts"
import { runSnippet } from "./support/run.ts"

test("a gateway gets what an imported module exports and what a global one provides", async () => {
  await using server = await runSnippet("modules/main")
  await using peer = await connect(`ws://127.0.0.1:${server.port}/chat`)
  expect([await peer.next(), await peer.next()]).toEqual(["chat 2026.11", "read from memory://chat"])
})

test("factories run first, then onModuleInit, at the end onModuleDestroy", async () => {
  await using server = await runSnippet("modules/main")
  await server.end()
  await printed(server, "Closed clients=0")
  const lines = server
    .output()
    .split("\n")
    .map((line) => line.replace(/^[\d:.]+ info {2}(\w+) .*/, "$1"))
  expect(lines.filter(Boolean)).toEqual([
    "connected to memory://chat",
    "history is ready",
    "Listening",
    "Closing",
    "database closed",
    "Closed",
  ])
})

test("the four forms of providers make a class, a value, what a function returns, and another name", async () => {
  const app = await ToniFactory.create(ProvidersModule, new NodeHttpAdapter())
  expect(app.get(Greeter).greeting).toBe("Good evening")
  expect(app.get(Address)).toBe("localhost:3000")
  expect(app.get(Welcome)).toBe(app.get(Greeter))
})

test("the hub is there without being listed", async () => {
  const app = await ToniFactory.create(ProvidersModule, new NodeHttpAdapter())
  expect(app.get(Hub)).toBeInstanceOf(Hub)
})

test("all that is wrong is reported together, in the words of the guide", async () => {
  const created = ToniFactory.create(BrokenModule, new NodeHttpAdapter())
  const { message } = await created.then(
    () => new Error("it started"),
    (error: Error) => error,
  )
  expect(readPage("modules.md")).toContain(`\`\`\`text\nToniError: ${message}\n\`\`\``)
})

test("decorators spell the same modules", async () => {
  await using server = await runSnippet("modules/decorators")
  await using peer = await connect(`ws://127.0.0.1:${server.port}/greeting`)
  peer.socket.send("Ann")
  expect(await peer.next()).toBe("Hello, Ann")
})

/** What runs tests makes of a decorated class, in a project whose tsconfig.json has these options. */
async function asVitestCompiles(compilerOptions: object): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), "toni-decorators-"))
  onTestFinished(() => rmSync(root, { recursive: true }))
  writeFileSync(join(root, "tsconfig.json"), JSON.stringify({ compilerOptions }))
  writeFileSync(join(root, "main.ts"), "const mark = (): void => {}\n@mark\nexport class Marked {}\n")
  const server = await createViteServer({
    root,
    configFile: false,
    logLevel: "silent",
    server: { middlewareMode: true },
  })
  onTestFinished(() => server.close())
  const compiled = await server.environments.ssr.transformRequest("/main.ts").catch(() => undefined)
  return compiled?.code ?? "@mark"
}

test("Vitest compiles the decorators that the table says, and leaves the others in", async () => {
  const isCompiled = async (options: object) => !(await asVitestCompiles(options)).includes("@mark")
  const words = [await isCompiled({}), await isCompiled({ experimentalDecorators: true })].map((yes) =>
    yes ? "yes" : "no",
  )
  expect(tableUnder("modules.md", "Your tools have to compile them:\n")).toContainEqual([
    `Vitest ${version.split(".")[0]}`,
    ...words,
  ])
})
