import { WsMessage, type Gateway, type GatewayOptions, type WsClient } from "toni"
import { NodeHttpAdapter } from "toni/node"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { adapters } from "../support/adapters.ts"
import { Echo, serve, type Served } from "../support/gateways.ts"
import { connect, type Peer } from "../support/peer.ts"

const surprises: unknown[] = []
const surprise = (error: unknown): void => void surprises.push(error)

beforeEach(() => {
  surprises.length = 0
  process.on("uncaughtException", surprise).on("unhandledRejection", surprise)
})

afterEach(() => {
  process.off("uncaughtException", surprise).off("unhandledRejection", surprise)
  expect(surprises).toEqual([])
})

/** A gateway for mistakes, on `/mistakes`; what hooks it has, a test says. */
class Mistakes implements Gateway {
  readonly path = "/mistakes"
  readonly options: GatewayOptions = { settleTimeout: 100, connectTimeout: 100, closeTimeout: 500 }
  readonly left: string[] = []
  onMessage: NonNullable<Gateway["onMessage"]> = () => undefined
  onConnect: NonNullable<Gateway["onConnect"]> = () => undefined
  onDisconnect: NonNullable<Gateway["onDisconnect"]> = (client) => void this.left.push(client.id)
}

/** Lets `count` peers connect, each of which sends `messages` at once. */
async function crowd(server: Served, count: number, messages: number): Promise<readonly Peer[]> {
  const peers = await Promise.all(Array.from({ length: count }, () => connect(`${server.wsUrl}/mistakes`)))
  for (const { socket } of peers) for (let index = 0; index < messages; index++) socket.send(`${index}`)
  return peers
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

async function expectUnharmed(server: Served, peers: readonly Peer[]): Promise<void> {
  await using good = await connect(`${server.wsUrl}/good`)
  expect(await good.ask("hello")).toBe("hello")
  await good[Symbol.asyncDispose]()
  await Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()))
  await until(() => server.app.metrics().connections === 0)
}

const failures: readonly (readonly [how: string, fail: () => never | PromiseLike<void>])[] = [
  [
    "throws",
    () => {
      throw new Error("on purpose")
    },
  ],
  ["rejects", () => Promise.reject(new Error("on purpose"))],
  ["rejects later", () => new Promise((_, reject) => setImmediate(() => reject(new Error("on purpose"))))],
  ["throws no error at all", () => Promise.reject(undefined)], // oxlint-disable-line typescript/prefer-promise-reject-errors -- on purpose
  [
    "returns a thenable that throws",
    () => ({
      // oxlint-disable-next-line unicorn/no-thenable -- on purpose
      then() {
        throw new Error("on purpose")
      },
    }),
  ],
]

describe.each(adapters)("the %s adapter", (_name, makeAdapter) => {
  /** Serves mistakes next to a gateway that makes none. */
  const serveMistakes = (hooks: Partial<Mistakes>): Promise<Served> =>
    serve(new NodeHttpAdapter(), [Object.assign(new Mistakes(), hooks), new Echo("/good")], {}, makeAdapter())

  test.each(failures)(
    "G16a: an onMessage that %s, under load, is reported each time, and closes nobody",
    async (_, fail) => {
      await using server = await serveMistakes({ onMessage: fail })
      const peers = await crowd(server, 20, 100)
      await until(() => server.errors.length === 2_000)
      expect(new Set(server.errors.map(({ phase }) => phase))).toEqual(new Set(["message"]))
      expect(server.app.metrics().connections).toBe(20)
      await expectUnharmed(server, peers)
    },
  )

  test.each(failures)("G11b: an onConnect that %s closes with 1011, whatever was sent meanwhile", async (_, fail) => {
    await using server = await serveMistakes({ onConnect: fail })
    const peers = await crowd(server, 20, 10)
    expect(await Promise.all(peers.map(({ closed }) => closed))).toEqual(peers.map(() => 1011))
    expect(server.errors.filter(({ phase }) => phase === "connect")).toHaveLength(20)
    await expectUnharmed(server, peers)
  })

  test.each(failures)("G16b: an onDisconnect that %s is reported, and nothing more", async (_, fail) => {
    await using server = await serveMistakes({ onDisconnect: fail })
    const peers = await crowd(server, 20, 1)
    for (const { socket } of peers) socket.terminate()
    await until(() => server.errors.length === 20)
    expect(new Set(server.errors.map(({ phase }) => phase))).toEqual(new Set(["disconnect"]))
    await expectUnharmed(server, peers)
  })

  /** Below its limits an inbox is read on, and a loss is seen at once; a full one shows it when our next ping fails. */
  test.each([
    ["with room in their inbox", 10],
    ["with a full inbox", 100],
  ])("G13c G12c: handlers that never settle, %s, are given up settleTimeout after the loss", async (_, messages) => {
    const mistakes = {
      options: { settleTimeout: 100, heartbeat: { interval: 100 } },
      left: [] as string[],
      onMessage: () => new Promise<void>(() => undefined),
    }
    await using server = await serveMistakes(mistakes)
    const peers = await crowd(server, 20, messages)
    await until(() => server.app.metrics().messagesIn >= 20 * Math.min(messages, 64))
    await using good = await connect(`${server.wsUrl}/good`)
    expect(await good.ask("others are served")).toBe("others are served")
    for (const { socket } of peers) socket.terminate()
    await until(() => mistakes.left.length === 20)
    expect(new Set(mistakes.left).size).toBe(20)
    const codes = server.errors.map(({ error }) => (error as { code?: string }).code)
    expect(codes).toEqual(Array(20).fill("TONI_HOOK_TIMEOUT"))
    await good[Symbol.asyncDispose]()
    await expectUnharmed(server, peers)
  })

  test("G11b: onConnect hooks that never settle are closed with 1011 after connectTimeout", async () => {
    await using server = await serveMistakes({ onConnect: () => new Promise(() => undefined) })
    const peers = await crowd(server, 20, 10)
    expect(await Promise.all(peers.map(({ closed }) => closed))).toEqual(peers.map(() => 1011))
    await expectUnharmed(server, peers)
  })

  test("G15a: handlers that send, subscribe, publish and close from within each other lose nothing before the close", async () => {
    const told: string[] = []
    const mistakes = {
      left: [] as string[],
      onConnect: (client: WsClient) => client.subscribe("all"),
      async onMessage(client: WsClient, message: WsMessage) {
        const text = message.asText() ?? ""
        for (const topic of [...client.topics]) {
          void client.unsubscribe(topic)
          void client.publish(topic, WsMessage.text(`${client.id} says ${text}`), { volatile: true })
          void client.subscribe(topic)
          void client.subscribe(`${topic} ${text}`)
          void client.unsubscribe(`${topic} ${text}`)
        }
        void client.send(`echo ${text}`)
        if (text !== "49") return
        const closing = client.close(4_000, "from within")
        told.push(`${await client.send("too late")}`)
        void client.close(4_001)
        client.terminate()
        void client.subscribe("too late")
        void client.publish("all", WsMessage.text("too late"))
        await closing
      },
    }
    await using server = await serveMistakes(mistakes)
    const peers = await crowd(server, 20, 100)
    await until(() => mistakes.left.length === 20)
    expect(told).toEqual(Array(20).fill("false"))
    expect(server.app.metrics().closes).toEqual({ server: 20 })
    expect(server.errors).toEqual([])
    await expectUnharmed(server, peers)
  })

  test("G13a: a crowd that throws everybody out from every hook ends, and every onConnect has its onDisconnect", async () => {
    const present = new Map<WsClient, number>()
    const everybody = (does: (client: WsClient) => unknown): void =>
      [...present.keys()].forEach((client) => void does(client))
    const mistakes = {
      onConnect(client: WsClient) {
        present.set(client, 0)
        void client.subscribe("brawl")
        everybody((other) => other.publish("brawl", WsMessage.text("hello"), { volatile: true }))
        if (present.size % 5 === 0) client.terminate()
      },
      onMessage(client: WsClient) {
        void client.publish("brawl", WsMessage.text("take that"))
        everybody((other) => other.close(4_002, "everybody out"))
        throw new Error("on purpose")
      },
      onDisconnect(client: WsClient) {
        present.set(client, (present.get(client) ?? 0) + 1)
        everybody((other) => other.terminate())
        void client.subscribe("brawl")
        void client.send("one more word")
        void client.close(4_003)
        void client.publish("brawl", WsMessage.text("and to you"))
      },
    }
    await using server = await serveMistakes(mistakes)
    // Who is thrown out at once may never see that it was let in.
    const peers = (await Promise.allSettled(Array.from({ length: 50 }, () => crowd(server, 1, 1)))).flatMap((crowded) =>
      crowded.status === "fulfilled" ? crowded.value : [],
    )
    await Promise.all(peers.map(({ closed }) => closed))
    await until(() => [...present.values()].every((count) => count > 0))
    expect([...present.values()]).toEqual(Array(50).fill(1))
    expect(server.errors.every(({ phase }) => phase === "message")).toBe(true)
    await expectUnharmed(server, peers)
  })
})
