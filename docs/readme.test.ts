import { expect, test } from "vitest"
import { connect } from "./peer.ts"
import { runSnippet } from "./support/run.ts"

test("what one client says reaches the others in its room", async () => {
  await using server = await runSnippet("readme/main")
  await using ann = await connect(`ws://127.0.0.1:${server.port}/chat/garden`)
  await using ben = await connect(`ws://127.0.0.1:${server.port}/chat/garden`)
  ben.socket.send("anybody here?")
  ann.socket.send("yes")
  expect([await ann.next(), await ben.next()]).toEqual(["anybody here?", "yes"])
})
