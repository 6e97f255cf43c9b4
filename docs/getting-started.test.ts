import { once } from "node:events"
import { createContext, Script } from "node:vm"
import { expect, test } from "vitest"
import { WebSocket } from "ws"
import { readPage } from "./page.ts"
import { connect } from "./peer.ts"
import { printed } from "./printed.ts"
import { runSnippet } from "./support/run.ts"

test.each(["main", "ws"])("the server of %s.ts greets a client and answers it", async (file) => {
  await using server = await runSnippet(`getting-started/${file}`)
  await using peer = await connect(`ws://127.0.0.1:${server.port}/chat`)
  peer.socket.send("hello")
  expect([await peer.next(), await peer.next()]).toEqual(["Welcome to the chat!", "You said: hello"])
})

test("in the browser's console the guide's lines print what the guide shows", async () => {
  await using server = await runSnippet("getting-started/main")
  const source = readPage("snippets/getting-started/browser.js")
  const location = { host: `127.0.0.1:${server.port}` }
  const lines: unknown[] = []
  await new Promise<void>((resolve) => {
    const log = (line: unknown) => lines.push(line) === 2 && resolve()
    class BrowserSocket extends WebSocket {
      constructor(url: string) {
        super(url, { origin: `http://127.0.0.1:${server.port}` })
      }
    }
    new Script(source).runInContext(createContext({ WebSocket: BrowserSocket, location, console: { log } }))
  })
  expect(readPage("getting-started.md")).toContain(`\`\`\`text\n${lines.join("\n")}\n\`\`\``)
})

test("the server says where it listens, and who left", async () => {
  await using server = await runSnippet("getting-started/main")
  const peer = await connect(`ws://127.0.0.1:${server.port}/chat`)
  peer.socket.close()
  await printed(
    server,
    /^[\d:.]{12} info {2}Listening url=http:\/\/127\.0\.0\.1:\d+ gateways=\/chat\n.*\n[0-9a-f]{12}-1 left: client\n$/,
  )
})

test.each([3000, 3001])("HTTP is served on the port of the gateways: %i", async (port) => {
  await using server = await runSnippet("getting-started/http", { listens: 2 })
  const answer = await fetch(`http://127.0.0.1:${server.ports.get(port)}/menu`)
  await using peer = await connect(`ws://127.0.0.1:${server.ports.get(port)}/chat`)
  expect([await answer.text(), await peer.next()]).toEqual(["You asked for /menu\n", "Welcome to the chat!"])
})

test("a route that was set later publishes to the clients", async () => {
  await using server = await runSnippet("getting-started/routes")
  await using peer = await connect(`ws://127.0.0.1:${server.port}/news`)
  const pong = once(peer.socket, "pong")
  peer.socket.ping()
  await pong
  const answer = await fetch(`http://127.0.0.1:${server.port}/news`, { method: "POST" })
  expect([answer.status, await peer.next()]).toEqual([202, "Tea is ready."])
})
