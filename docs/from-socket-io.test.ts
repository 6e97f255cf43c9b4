import { createContext, Script } from "node:vm"
import { expect, test } from "vitest"
import { WebSocket } from "ws"
import { readPage } from "./page.ts"
import { connect } from "./peer.ts"
import { runSnippet } from "./support/run.ts"

test("a client publishes to the others in its room", async () => {
  await using server = await runSnippet("from-socket-io/main")
  await using ann = await connect(`ws://127.0.0.1:${server.port}/rooms/lobby`)
  await using ben = await connect(`ws://127.0.0.1:${server.port}/rooms/lobby`)
  ann.socket.send("good morning")
  expect([await ben.next(), await ben.next()]).toEqual(["hello", "good morning"])
})

test("the hub publishes to all in a room", async () => {
  await using server = await runSnippet("from-socket-io/main")
  await using ann = await connect(`ws://127.0.0.1:${server.port}/rooms/lobby`)
  ann.socket.send("bell")
  ann.socket.send("count")
  expect([await ann.next(), await ann.next(), await ann.next()]).toEqual(["hello", "ding", "1 here"])
})

test("an answer carries the id of its request", async () => {
  await using server = await runSnippet("from-socket-io/main")
  await using peer = await connect(`ws://127.0.0.1:${server.port}/calculator`)
  peer.socket.send('{"id":7,"add":[1,2]}')
  expect(await peer.next()).toBe('{"id":7,"sum":3}')
})

test("a browser that has lost its connection comes back, after a random part of half a second", async () => {
  await using server = await runSnippet("from-socket-io/main")
  const source = readPage("snippets/from-socket-io/browser.js").replaceAll("3000", String(server.port))
  const sockets: WebSocket[] = []
  const delays: number[] = []
  class BrowserSocket extends WebSocket {
    constructor(url: string) {
      super(url)
      sockets.push(this)
    }
  }
  const setTimeout = (task: () => void, delay: number) => {
    delays.push(delay)
    task()
  }
  await new Promise<void>((resolve) => {
    const log = () => (sockets.length === 1 ? sockets[0]?.terminate() : resolve())
    new Script(source).runInContext(createContext({ WebSocket: BrowserSocket, setTimeout, console: { log } }))
  })
  sockets[1]?.removeAllListeners("close").terminate()
  expect(Math.max(...delays)).toBeLessThanOrEqual(500)
})
