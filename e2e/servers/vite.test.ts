import { createServer as createHttpServer } from "node:http"
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setImmediate as turn } from "node:timers/promises"
import express from "express"
import type { Page } from "playwright-core"
import { NodeHttpAdapter, type NodeServer } from "toni/node"
import type { AddressInfo } from "node:net"
import { createServer, type InlineConfig, type ViteDevServer } from "vite"
import { expect, onTestFinished, test } from "vitest"
import { browserTest } from "../support/browser.ts"
import { Echo, serve, type Served } from "../support/gateways.ts"
import { connect, refused } from "../support/peer.ts"

const page = `<!doctype html><p id="text"></p><p id="echo"></p><script type="module" src="/main.js"></script>`
/** Shows the text of a module that is replaced without a reload, and what our gateway says to every new one. */
const main = `
import { text } from "./text.js"
const socket = new WebSocket("ws://" + location.host + "/chat")
const show = (text) => {
  document.querySelector("#text").textContent = text
  socket.send(text)
}
socket.onopen = () => show(text)
socket.onmessage = ({ data }) => (document.querySelector("#echo").textContent += data + ";")
import.meta.hot.accept("./text.js", (replaced) => show(replaced.text))
`

/** A page in a folder of its own, and how to change the module that it shows. */
async function project(): Promise<{ readonly config: InlineConfig; readonly edit: (text: string) => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), "toni-vite-"))
  onTestFinished(() => rm(root, { recursive: true }))
  // In one step: a file that is emptied and then written may be seen in between, and is reloaded twice.
  const edit = async (text: string): Promise<void> => {
    await writeFile(join(root, "next.txt"), `export const text = "${text}"\n`)
    await rename(join(root, "next.txt"), join(root, "text.js"))
  }
  await Promise.all([writeFile(join(root, "index.html"), page), writeFile(join(root, "main.js"), main), edit("one")])
  const config = { root, configFile: false, logLevel: "silent", cacheDir: join(root, ".vite") } as const
  return { config, edit }
}

/** Resolves when Vite watches the module: it does not wait for that itself, and a change before it is seen by nobody. */
async function watched({ watcher, config: { root } }: ViteDevServer): Promise<void> {
  while (watcher.getWatched()[root]?.includes("text.js") !== true) await turn()
}

/** Edits the module and expects the page to show it: by hot reload, because the echo of before is still there. */
async function expectHotReload(page: Page, url: string, edit: (text: string) => Promise<void>): Promise<void> {
  const connected = page.waitForEvent("console", (message) => message.text() === "[vite] connected.")
  await page.goto(url)
  await page.waitForFunction(() => document.querySelector("#echo")?.textContent === "one;")
  await connected
  await edit("two")
  await page.waitForFunction(() => document.querySelector("#text")?.textContent === "two")
  await page.waitForFunction(() => document.querySelector("#echo")?.textContent === "one;two;")
  expect(await page.textContent("#echo")).toBe("one;two;")
}

browserTest("G5c Vite as middleware of our server keeps its hot reload, next to a gateway", async ({ page }) => {
  const { config, edit } = await project()
  const app = express()
  const server = createHttpServer(app)
  const vite = await createServer({ ...config, server: { middlewareMode: true, hmr: { server } } })
  app.use(vite.middlewares)
  await watched(vite)
  await using served = await serve(new NodeHttpAdapter(server), [new Echo()])
  // Goes first: its WebSockets are on our server.
  await using _ = { [Symbol.asyncDispose]: () => vite.close() }
  await expectHotReload(page, served.url, edit)
})

browserTest("G5c we on the server of Vite leave it its hot reload, and close without it", async ({ page }) => {
  const { config, edit } = await project()
  const vite = await createServer({ ...config, server: { host: "127.0.0.1", port: 0 } })
  onTestFinished(() => vite.close())
  await vite.listen()
  await watched(vite)
  const served: Served = await serve(new NodeHttpAdapter(vite.httpServer as NodeServer), [new Echo()])
  await expectHotReload(page, served.url, edit)
  await served.app.close()
  await edit("three")
  await page.waitForFunction(() => document.querySelector("#text")?.textContent === "three")
  expect(await page.textContent("#echo")).toBe("one;two;")
})

/** A gateway behind the proxy of Vite's development server, and the origin of that server's pages. */
async function behindVite(changeOrigin: boolean) {
  const { config } = await project()
  const served = await serve(new NodeHttpAdapter(), [new Echo()])
  onTestFinished(() => served[Symbol.asyncDispose]())
  const proxy = { "/chat": { target: served.url, ws: true, changeOrigin } }
  const vite = await createServer({ ...config, server: { host: "127.0.0.1", port: 0, proxy } })
  onTestFinished(() => vite.close())
  await vite.listen()
  const { port } = (vite.httpServer as NodeServer).address() as AddressInfo
  return { served, origin: `http://127.0.0.1:${port}`, url: `ws://127.0.0.1:${port}/chat` }
}

test("G8b behind the proxy of Vite its own page is of the same origin", async () => {
  const { origin, url } = await behindVite(false)
  await using peer = await connect(url, { origin })
  expect(await peer.ask("hello")).toBe("hello")
})

test("G8b behind the proxy of Vite its own page is foreign with changeOrigin; the log says what lets it in", async () => {
  const { served, origin, url } = await behindVite(true)
  expect((await refused(url, { origin })).statusCode).toBe(403)
  const [line] = served.log.filter(({ message }) => message === "Handshake refused")
  expect(String(line?.["detail"]).endsWith(`origins: ["${origin}"]`)).toBe(true)
})
