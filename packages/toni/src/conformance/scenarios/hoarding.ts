import { equal, ok } from "../expect.ts"
import { Flood } from "../flood.ts"
import { gate, scenario, type Scenario } from "../scenario.ts"
import { overTcp } from "../tcp-client.ts"
import { allRead, watched } from "../watched.ts"

/**
 * What an adapter may hold for a peer, judged by what the peer could still send: what is not read stays in the network,
 * and what the network cannot take stays with the peer (rules G9a, G11a, G12c and G21a).
 */
export const hoarding: readonly Scenario[] = [
  scenario(
    "G12c",
    "what a slow handler leaves unread stays with the peer, and is handled in the end",
    async ({ serve }) => {
      const slow = gate()
      const started = gate()
      let handled = 0
      const { connect } = await serve([
        {
          path: "/slow",
          async onMessage() {
            started.open()
            await slow.promise
            handled++
          },
        },
        watched(),
      ])
      const client = overTcp(await connect("/slow"))
      const flood = new Flood()
      client.flood(flood)
      await started.promise
      await flood.stuck(await connect("/watched"))
      flood.stop()
      slow.open()
      await allRead(client)
      client.send("the last one")
      await allRead(client)
      ok(handled >= flood.started, `${handled} of ${flood.started} messages were handled`)
    },
    "wire pause",
  ),

  scenario(
    "G11a G12c",
    "what comes while onConnect runs stays with the peer beyond the inbox",
    async ({ serve }) => {
      const connecting = gate()
      let handled = 0
      const { connect } = await serve([
        { path: "/slow", onConnect: () => connecting.promise, onMessage: () => void handled++ },
        watched(),
      ])
      const client = overTcp(await connect("/slow"))
      const flood = new Flood()
      client.flood(flood)
      await flood.stuck(await connect("/watched"))
      flood.stop()
      equal(handled, 0)
      connecting.open()
      await allRead(client)
      ok(handled >= flood.started, `${handled} of ${flood.started} messages were handled`)
    },
    "wire pause",
  ),

  scenario(
    "G12c G21a",
    "what comes in a drain stays with the peer",
    async ({ serve }) => {
      const started = gate()
      const slow = gate()
      const { app, clock, connect } = await serve({
        path: "/:who",
        async onMessage(client, message) {
          if (client.params["who"] === "bystander") return client.send(message)
          started.open()
          await slow.promise
          return true
        },
      })
      const client = overTcp(await connect("/slow"))
      const bystander = await connect("/bystander")
      client.send("work")
      await started.promise
      // The waves are two: the first has the slow one, the bystander comes later.
      const closing = app.close({ window: 1_000, timeout: 60_000 })
      const flood = new Flood()
      client.flood(flood)
      await flood.stuck(bystander)
      flood.stop()
      slow.open()
      await clock.advance(2_000)
      equal((await client.closed).code, 1001)
      await bystander.closed
      await closing
    },
    "wire pause",
  ),

  scenario(
    "G9a",
    "what comes while the hook decides stays with the peer",
    async ({ serve }) => {
      const asked = gate()
      const deciding = gate<boolean>()
      let handled = 0
      const { connect } = await serve([
        {
          path: "/slow",
          onHandshake() {
            asked.open()
            return deciding.promise
          },
          onMessage: () => void handled++,
        },
        watched(),
      ])
      const flood = new Flood()
      const connecting = connect("/slow", { flood })
      await asked.promise
      await flood.stuck(await connect("/watched"))
      flood.stop()
      deciding.open(true)
      const client = await connecting
      await allRead(client)
      ok(handled >= flood.started, `${handled} of ${flood.started} messages were handled`)
    },
    "wire earlyFrames",
  ),
]
