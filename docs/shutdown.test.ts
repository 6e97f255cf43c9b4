import { expect, test } from "vitest"
import { connect } from "./peer.ts"
import { printed } from "./printed.ts"
import { runSnippet } from "./support/run.ts"

test("a handler that runs finishes before its client is closed with 1001", async () => {
  await using server = await runSnippet("shutdown/main")
  await using peer = await connect(`ws://127.0.0.1:${server.port}/orders`)
  peer.socket.send("an order")
  await peer.next()
  const ended = server.end("SIGTERM")
  expect([await peer.next(), await peer.closed, await ended]).toEqual([
    "saved",
    { code: 1001, reason: "server is shutting down" },
    0,
  ])
})

test("onDisconnect runs first, then onModuleDestroy", async () => {
  await using server = await runSnippet("shutdown/main")
  await using _peer = await connect(`ws://127.0.0.1:${server.port}/orders`)
  await server.end("SIGTERM")
  await printed(server, /Closing signal=SIGTERM\nreason: shutdown\nstore closed\n.* Closed clients=1 abandoned=0\n$/)
})

test("the report counts clients and the handlers that were given up", async () => {
  await using server = await runSnippet("shutdown/close")
  await using idle = await connect(`ws://127.0.0.1:${server.port}/patient`)
  await using busy = await connect(`ws://127.0.0.1:${server.port}/patient`)
  busy.socket.send("hello")
  await busy.next()
  await server.end("SIGTERM")
  expect([await idle.closed, await busy.closed]).toEqual([
    { code: 1012, reason: "server is shutting down" },
    { code: 1012, reason: "server is shutting down" },
  ])
  await printed(server, "2 clients, 1 handlers given up\n")
})
