import { WsMessage } from "../../message/ws-message.ts"
import { deepEqual, equal } from "../expect.ts"
import { gate, scenario, type Gate, type Scenario } from "../scenario.ts"
import { allRead, watched } from "../watched.ts"

/** G12a, G12d: messages one after another. */
export const ordering: readonly Scenario[] = [
  scenario("G12a", "asynchronous handlers of one client run one after another, in order", async ({ serve }) => {
    const seen: string[] = []
    const { connect } = await serve({
      path: "/chat",
      async onMessage(client, message) {
        const text = message.asText() ?? ""
        seen.push(`+${text}`)
        // The later a message, the fewer turns its handler takes.
        for (let turn = Number(text); turn < 5; turn++) await Promise.resolve()
        seen.push(`-${text}`)
        if (text === "5") await client.send("done")
      },
    })
    const client = await connect("/chat")
    for (const text of ["1", "2", "3", "4", "5"]) client.send(text)
    equal(await client.nextText(), "done")
    deepEqual(seen, ["+1", "-1", "+2", "-2", "+3", "-3", "+4", "-4", "+5", "-5"])
  }),

  scenario("G12a", "a slow handler of one client keeps no other waiting", async ({ serve }) => {
    const slow = gate()
    const { connect } = await serve({
      path: "/chat",
      async onMessage(client, message) {
        if (message.asText() === "slow") await slow.promise
        await client.send(message)
      },
    })
    const [one, other] = [await connect("/chat"), await connect("/chat")]
    one.send("slow")
    other.send("quick")
    equal(await other.nextText(), "quick")
    slow.open()
    equal(await one.nextText(), "slow")
  }),

  scenario("G12a", "with concurrency 2, two handlers of one client run at once, a third waits", async ({ serve }) => {
    const gates: Gate[] = []
    const { connect } = await serve({
      path: "/chat",
      options: { concurrency: 2 },
      async onMessage(client, message) {
        const own = gate()
        gates.push(own)
        await client.send(message)
        await own.promise
      },
    })
    const client = await connect("/chat")
    for (const text of ["one", "two", "three"]) client.send(text)
    await allRead(client)
    deepEqual([await client.nextText(), await client.nextText()], ["one", "two"])
    equal(gates.length, 2)
    gates[0]?.open()
    equal(await client.nextText(), "three")
  }),

  scenario("G12d", "ping and pong never reach onMessage, and a ping is answered with its bytes", async ({ serve }) => {
    const seen: unknown[] = []
    const { connect } = await serve({
      path: "/chat",
      onMessage(client, message) {
        seen.push(message.kind)
        return client.send(message)
      },
    })
    const client = await connect("/chat")
    client.send(WsMessage.ping([1, 2, 3]))
    client.send(WsMessage.pong([4]))
    client.send("hello")
    const pong = await client.nextControl()
    deepEqual([pong.kind, ...(pong.asBinary() ?? [])], ["pong", 1, 2, 3])
    equal(await client.nextText(), "hello")
    deepEqual(seen, ["text"])
  }),

  scenario("G12d", "a ping is answered while a handler is slow", async ({ serve }) => {
    const slow = gate()
    const { connect } = await serve(watched({ onMessage: () => slow.promise }))
    const client = await connect("/watched")
    client.send("work")
    client.send(WsMessage.ping([7]))
    deepEqual([...((await client.nextControl()).asBinary() ?? [])], [7])
    slow.open()
  }),
]
