import type { DisconnectReason } from "../../message/disconnect-reason.ts"
import { deepEqual, equal } from "../expect.ts"
import { gate, scenario, type Scenario } from "../scenario.ts"

/** G11–G19: from `onConnect` to `onDisconnect`. */
export const lifeOfAConnection: readonly Scenario[] = [
  scenario("G11a", "messages wait until onConnect has settled, and none is lost", async ({ serve }) => {
    const connecting = gate()
    const seen: string[] = []
    const { connect } = await serve({
      path: "/chat",
      async onConnect(client) {
        await client.send("connecting")
        await connecting.promise
        seen.push("connected")
      },
      onMessage(client, message) {
        seen.push(message.asText() ?? "")
        if (seen.length === 4) return client.send("done")
      },
    })
    const client = await connect("/chat")
    for (const text of ["one", "two", "three"]) client.send(text)
    equal(await client.nextText(), "connecting")
    connecting.open()
    equal(await client.nextText(), "done")
    deepEqual(seen, ["connected", "one", "two", "three"])
  }),

  scenario("G13a", "the peer's Close reaches onDisconnect once, with its code and reason", async ({ serve }) => {
    const reasons: DisconnectReason[] = []
    const left = gate()
    const { connect } = await serve({
      path: "/chat",
      onMessage: () => undefined,
      onDisconnect(_client, reason) {
        reasons.push(reason)
        left.open()
      },
    })
    const client = await connect("/chat")
    await client.close(4001, "bye")
    await left.promise
    deepEqual(reasons, [{ kind: "client", code: 4001, reason: "bye" }])
  }),
]
