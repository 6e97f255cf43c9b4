import type { WsClient } from "../../connection/ws-client.ts"
import { Hub } from "../../hub/hub.ts"
import { WsMessage } from "../../message/ws-message.ts"
import { deepEqual, equal, ok, rejectsWithCode } from "../expect.ts"
import { gate, scenario, type Scenario } from "../scenario.ts"

/** A gateway whose clients follow the topics that they name: `+news`, `-news`; `!news text` publishes. */
const board = {
  path: "/board",
  async onMessage(client: WsClient, message: WsMessage): Promise<void> {
    const [command = "", ...words] = (message.asText() ?? "").split(" ")
    const topic = command.slice(1)
    if (command.startsWith("+")) await client.subscribe(topic)
    if (command.startsWith("-")) await client.unsubscribe(topic)
    if (command.startsWith("!")) await client.publish(topic, words.join(" "))
    await client.send(`did ${command}`)
  },
}

/** H1–H5: topics on one node. */
export const topics: readonly Scenario[] = [
  scenario("H1", "what is published and what is sent directly arrive in the order of the calls", async ({ serve }) => {
    const opened = gate<WsClient>()
    const { app, connect } = await serve({ path: "/board", onConnect: opened.open, onMessage: () => undefined })
    const peer = await connect("/board")
    const client = await opened.promise
    await client.subscribe("news")
    const expected: string[] = []
    for (let index = 0; index < 100; index++) {
      expected.push(`published ${index}`, `sent ${index}`)
      void app.get(Hub).publish("news", `published ${index}`)
      void client.send(`sent ${index}`)
    }
    const received: string[] = []
    while (received.length < expected.length) received.push(await peer.nextText())
    deepEqual(received, expected)
  }),

  scenario(
    "H2",
    "a follower gets each message once; the publisher and who has left the topic get none",
    async ({ serve }) => {
      const { connect } = await serve(board)
      const [publisher, follower, former] = await Promise.all([connect("/board"), connect("/board"), connect("/board")])
      for (const peer of [publisher, follower, former]) {
        peer.send("+news")
        equal(await peer.nextText(), "did +news")
      }
      former.send("-news")
      equal(await former.nextText(), "did -news")
      publisher.send("!news hello")
      equal(await publisher.nextText(), "did !news")
      publisher.send("!news again")
      equal(await publisher.nextText(), "did !news")
      equal(await follower.nextText(), "hello")
      equal(await follower.nextText(), "again")
      former.send("?")
      equal(await former.nextText(), "did ?")
      deepEqual([publisher.pending, follower.pending, former.pending], [0, 0, 0])
    },
  ),

  scenario("H2", "subscribing twice is subscribing once", async ({ serve }) => {
    const { app, connect } = await serve(board)
    const peer = await connect("/board")
    for (let time = 0; time < 2; time++) {
      peer.send("+news")
      await peer.nextText()
    }
    equal(await app.get(Hub).count("news"), 1)
    await app.get(Hub).publish("news", "once")
    peer.send("?")
    equal(await peer.nextText(), "once")
    equal(await peer.nextText(), "did ?")
  }),

  scenario("H3", "a follower that does not read keeps nobody waiting", async ({ serve }) => {
    const { app, connect } = await serve(board)
    const [slow, quick] = await Promise.all([connect("/board"), connect("/board")])
    for (const peer of [slow, quick]) {
      peer.send("+news")
      await peer.nextText()
    }
    slow.pauseReading()
    const big = WsMessage.binary(new Uint8Array(16 * 1_048_576))
    await app.get(Hub).publish("news", big)
    equal((await quick.nextMessage()).byteLength, big.byteLength)
    await app.get(Hub).publish("news", "next")
    equal(await quick.nextText(), "next")
    slow.resumeReading()
    equal((await slow.closed).code, 1013)
    quick.send("?")
    equal(await quick.nextText(), "did ?")
  }),

  scenario(
    "H4",
    "a handler may publish, subscribe, unsubscribe and close while it is being published to",
    async ({ serve }) => {
      const { connect } = await serve({
        path: "/board",
        onConnect: (client) => client.subscribe("all"),
        async onMessage(client, message) {
          void client.publish("all", "before")
          void client.unsubscribe("all")
          void client.subscribe("others")
          void client.publish("others", "nobody is there")
          void client.publish("all", message)
          void client.close(4000, "done")
          await client.publish("all", "after the close")
        },
      })
      const [actor, witness] = await Promise.all([connect("/board"), connect("/board")])
      actor.send("during")
      equal((await actor.closed).code, 4000)
      deepEqual([await witness.nextText(), await witness.nextText()], ["before", "during"])
      equal(await witness.nextText(), "after the close")
    },
  ),

  scenario("H5", "when all clients are gone, nobody follows anything", async ({ serve }) => {
    const gone = gate()
    let left = 0
    const { app, connect } = await serve({ ...board, onDisconnect: () => void (++left === 5 && gone.open()) })
    const hub = app.get(Hub)
    const peers = await Promise.all(Array.from({ length: 5 }, () => connect("/board")))
    for (const [index, peer] of peers.entries()) {
      peer.send(`+topic${index}`)
      await peer.nextText()
      peer.send("+shared")
      await peer.nextText()
    }
    equal(await hub.count("shared"), 5)
    peers.forEach((peer, index) => (index % 2 === 0 ? peer.drop() : void peer.close(1000)))
    await gone.promise
    deepEqual(await hub.followers("shared"), [])
    equal(await hub.count("topic0"), 0)
    equal(app.metrics().connections, 0)
  }),

  scenario("H5", "more topics than maxTopics are an error to the caller, and the client stays", async ({ serve }) => {
    const opened = gate<WsClient>()
    const gateway = { ...board, onConnect: opened.open }
    const { connect } = await serve(gateway, { defaults: { maxTopics: 2 } })
    const peer = await connect("/board")
    const client = await opened.promise
    await client.subscribe("one")
    await client.subscribe("two")
    await rejectsWithCode("TONI_TOO_MANY_TOPICS", client.subscribe("three"))
    deepEqual([...client.topics], ["one", "two"])
    peer.send("?")
    equal(await peer.nextText(), "did ?")
  }),

  scenario("H2", "the hub reaches clients by topic and by id, and leaves out whom it is told to", async ({ serve }) => {
    const clients: WsClient[] = []
    const both = gate()
    const { app, connect } = await serve({
      ...board,
      onConnect(client) {
        clients.push(client)
        if (clients.length === 2) both.open()
      },
    })
    const first = await connect("/board")
    const second = await connect("/board")
    await both.promise
    const [one, two] = clients as [WsClient, WsClient]
    const hub = app.get(Hub)
    await hub.subscribe({ client: one.id }, "vip")
    await hub.subscribe({ topic: "vip" }, "news")
    deepEqual([[...one.topics], [...two.topics]], [["vip", "news"], []])
    await hub.broadcast("everyone")
    await hub.broadcast("all but one", { except: [one] })
    await hub.send(two.id, "only two")
    await hub.publish("vip", "only vips")
    deepEqual([await first.nextText(), await first.nextText()], ["everyone", "only vips"])
    deepEqual(
      [await second.nextText(), await second.nextText(), await second.nextText()],
      ["everyone", "all but one", "only two"],
    )
    deepEqual(
      (await hub.followers("news")).map(({ id }) => id),
      [one.id],
    )
    await hub.unsubscribe({ topic: "vip" }, "news")
    equal(await hub.count("news"), 0)
    await hub.disconnect({ topic: "vip" }, 4009, "vip room closed")
    deepEqual(await first.closed, { code: 4009, reason: "vip room closed" })
    ok(second.isOpen)
  }),
]
