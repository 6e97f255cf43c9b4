import { describe, expect, test } from "vitest"
import { equal, ok } from "../../conformance/expect.ts"
import { clientFrame, closeFrame, opcode } from "../../conformance/frame.ts"
import { nodeHost, wsHost } from "../../conformance/hosts.ts"
import { gate, scenario, type Stage } from "../../conformance/scenario.ts"
import { runScenario } from "../../conformance/stage.ts"
import { overTcp, type TcpClient } from "../../conformance/tcp-client.ts"
import { heldBytes } from "./held-bytes.ts"

// What ../../conformance cannot ask of every adapter: what attacks cost those for Node.

const { text, binary, continuation, ping } = opcode
const MiB = 2 ** 20

/** Clients that have sent these bytes, and a pong to show that the server has read them. */
async function clientsThatSent(
  count: number,
  connect: () => Promise<TcpClient>,
  bytes: (index: number) => Uint8Array,
): Promise<readonly TcpClient[]> {
  const clients = await Promise.all(Array.from({ length: count }, connect))
  await Promise.all(
    clients.map(async (client, index) => {
      client.frame({ opcode: ping })
      await client.nextControl()
      client.write(bytes(index))
    }),
  )
  return clients
}

/** What becomes of pings that come faster than pongs leave: that alone is not the same with ws. */

describe.each([
  ["node", nodeHost],
  ["ws", wsHost],
] as const)("the %s adapter", (_name, host) => {
  /** A test that runs against an application on this adapter, with a clock of its own. */
  function attack(run: (stage: Stage) => Promise<void>): () => Promise<void> {
    return async () => {
      await expect(runScenario(host, scenario("RFC6455", "an attack", run))).resolves.toBe("met")
    }
  }

  test(
    "announced lengths cost nothing until the bytes come",
    attack(async ({ serve }) => {
      const { app, connect } = await serve({ path: "/chat", onMessage() {} })
      const before = await heldBytes()
      const announcing = clientFrame({ opcode: binary, announced: BigInt(MiB) })
      const clients = await clientsThatSent(
        200,
        async () => overTcp(await connect("/chat")),
        () => Buffer.concat([announcing, Buffer.alloc(100)]),
      )
      // Whatever comes on another connection now was sent later.
      const last = overTcp(await connect("/chat"))
      last.frame({ opcode: ping })
      await last.nextControl()
      equal(app.metrics().connections, clients.length + 1)
      const held = (await heldBytes()) - before
      ok(held < 200 * 8_192, `${held} bytes are held for 200 announcements of 1 MiB`)
    }),
  )

  test(
    "messages that stop one byte before their end cost at most twice their bytes, and go with the connection",
    attack(async ({ serve }) => {
      const left = gate()
      let count = 0
      const { connect } = await serve({
        path: "/chat",
        onMessage() {},
        onDisconnect() {
          if (++count === 20) left.open()
        },
      })
      const before = await heldBytes()
      const whole = clientFrame({ opcode: text, payload: "x".repeat(MiB / 2) })
      const clients = await clientsThatSent(
        20,
        async () => overTcp(await connect("/chat")),
        (index) =>
          index % 2 === 0
            ? whole.subarray(0, -1)
            : Buffer.concat([
                clientFrame({ opcode: text, payload: "x".repeat(MiB / 2), fin: false }),
                clientFrame({ opcode: ping }),
              ]),
      )
      await Promise.all(clients.filter((_, index) => index % 2 === 1).map((client) => client.nextControl()))
      const bystander = overTcp(await connect("/chat"))
      bystander.frame({ opcode: ping })
      await bystander.nextControl()
      const held = (await heldBytes()) - before
      ok(held < 20 * MiB + MiB, `${held} bytes are held for 10 MiB`)
      for (const client of clients) client.drop()
      await left.promise
      ok((await heldBytes()) - before < MiB, "it is given back")
    }),
  )

  test(
    "who breaks a rule and goes on sending is read, not heard, and cut in the end",
    attack(async ({ serve }) => {
      const heard: unknown[] = []
      const left = gate()
      const { clock, connect } = await serve({
        path: "/chat",
        options: { closeTimeout: 5_000 },
        onMessage: (client, message) => {
          heard.push(message.asText())
          return client.send(message)
        },
        onDisconnect: () => left.open(),
      })
      const client = overTcp(await connect("/chat", { answersCloses: false }))
      client.frame({ opcode: text, payload: "unmasked", masked: false })
      const before = await heldBytes()
      const more = clientFrame({ opcode: binary, payload: Buffer.alloc(MiB) })
      for (let count = 0; count < 16; count++) client.write(more)
      const bystander = await connect("/chat")
      bystander.send("here")
      equal(await bystander.nextText(), "here")
      await clock.advance(5_000)
      await left.promise
      ok((await heldBytes()) - before < 20 * MiB, "what is thrown away is not kept")
      equal(heard.join(), "here")
      equal((await client.closed).code, 1002)
    }),
  )

  test(
    "who goes on sending behind a Close of its own is not heard, and gone at once",
    attack(async ({ serve }) => {
      const heard: unknown[] = []
      const left = gate<unknown>()
      const { connect } = await serve({
        path: "/chat",
        onMessage: (_client, message) => void heard.push(message.kind),
        onDisconnect: (_client, reason) => left.open(reason),
      })
      const client = overTcp(await connect("/chat", { answersCloses: false }))
      client.write(closeFrame(4_000, "bye"))
      for (let count = 0; count < 1_000; count++) {
        client.frame({ opcode: text, payload: "one more thing" })
        client.write(closeFrame(4_001 + count))
      }
      equal(JSON.stringify(await left.promise), JSON.stringify({ kind: "client", code: 4_000, reason: "bye" }))
      equal((await client.closed).code === 4_000 || (await client.closed).code === 1_006, true)
      equal(heard.length, 0)
    }),
  )

  test(
    "a message in one-byte fragments, each in a segment with a ping, comes whole, and every ping is answered",
    attack(async ({ serve }) => {
      const { connect } = await serve({ path: "/chat", onMessage: (client, message) => client.send(message) })
      const client = overTcp(await connect("/chat"))
      const letters = "abcdefghijklmnopqrstuvwxyz".repeat(40)
      for (const [index, letter] of letters.split("").entries()) {
        client.frame({
          opcode: index === 0 ? text : continuation,
          payload: letter,
          fin: index === letters.length - 1,
        })
        client.frame({ opcode: ping, payload: String(index) })
        if (index % 8 === 0) await new Promise(setImmediate)
      }
      equal(await client.nextText(), letters)
      const pongs: number[] = []
      while (pongs.at(-1) !== letters.length - 1) {
        pongs.push(Number(Buffer.from((await client.nextControl()).asBinary() ?? []).toString()))
      }
      ok(
        pongs.every((pong, index) => pong > (pongs[index - 1] ?? -1)),
        "pongs come in order",
      )
      equal(pongs.length, letters.length)
    }),
  )

  test(
    "pings that nobody reads the pongs of leave a bounded rest behind, and the last is answered",
    attack(async ({ serve }) => {
      const told = gate<number>()
      const { connect } = await serve({
        path: "/chat",
        options: { heartbeat: "unlimited" },
        onMessage(client, message) {
          if (message.asText() === "told") told.open(client.bufferedAmount)
          else return client.send(message)
        },
      })
      const client = overTcp(await connect("/chat"))
      client.pauseReading()
      const pings = Buffer.concat(Array<Buffer>(4_000).fill(clientFrame({ opcode: ping, payload: "x".repeat(125) })))
      const before = await heldBytes()
      for (let count = 0; count < 40; count++) client.write(pings)
      client.frame({ opcode: ping, payload: "the last" })
      client.frame({ opcode: text, payload: "told" })
      const pending = await told.promise
      const held = (await heldBytes()) - before
      ok(pending > 0, "the peer has taken all pongs")
      ok(pending < 65_536, `${pending} bytes wait for who reads nothing`)
      ok(held < 2 * MiB, `${held} bytes are held`)
      // What others send meanwhile does not touch the pong that waits.
      const bystander = await connect("/chat")
      bystander.send("y".repeat(100_000))
      await bystander.nextText()
      client.resumeReading()
      let pong = ""
      let count = 0
      while (pong !== "the last") {
        pong = Buffer.from((await client.nextControl()).asBinary() ?? []).toString()
        count++
      }
      ok(count < 160_001, `${count} pongs came`)
    }),
  )
})
